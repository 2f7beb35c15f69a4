using System.Text;
using Lucid.Contracts.ReadModel;
using Lucid.Contracts.Sessions;
using Lucid.StorageDatabase.Domain;

namespace Lucid.StorageDatabase.Tests.Support;

/// <summary>What a view must answer, said with plain collections; the measure for implementations.</summary>
internal sealed class PlainModel
{
    private readonly Dictionary<string, SessionView> _sessions = [];

    public void Apply(SessionView session)
    {
        if (!_sessions.TryGetValue(session.SessionId, out var known) || known.Version < session.Version)
        {
            _sessions[session.SessionId] = session;
        }
    }

    public (IReadOnlyList<string> Ids, long Total) Query(ReadQuery query, string? owner)
    {
        var found = _sessions.Values.Where(session => session.State != SessionStates.Deleted && (owner is null || session.UserId == owner) && Matches(session, query)).ToList();
        found.Sort((a, b) => (query.Descending ? -1 : 1) * Compare(a, b, query.Sort));
        return ([.. found.Skip((query.Page - 1) * query.Limit).Take(query.Limit).Select(session => session.SessionId)], found.Count);
    }

    private static bool Matches(SessionView session, ReadQuery query)
    {
        var filters = query.Filters ?? new Dictionary<string, string>();
        return filters.All(filter => filter.Key switch
        {
            "state" => session.State == filter.Value,
            "user_id" => session.UserId == filter.Value,
            "project" => session.Metadata.Project == filter.Value,
            "environment" => session.Metadata.Environment == filter.Value,
            "tag" => session.Metadata.Tags?.Contains(filter.Value) == true,
            _ => throw new ArgumentOutOfRangeException(nameof(query)),
        })
            && (query.From is null || session.CreatedAt >= query.From) && (query.To is null || session.CreatedAt <= query.To)
            && (string.IsNullOrWhiteSpace(query.Text) || HasWords(session, Folded(query.Text)));
    }

    private static bool HasWords(SessionView session, List<string> wanted)
    {
        string?[] texts = [session.Name, session.Description, session.Metadata.Project, session.Metadata.Environment, .. session.Metadata.Tags ?? []];
        var words = texts.SelectMany(text => Folded(text ?? "")).ToList();
        return wanted.Count > 0 && wanted.All(prefix => words.Any(word => word.StartsWith(prefix, StringComparison.Ordinal)));
    }

    // The one letter with a diacritic among the texts that are compared; without cultures .NET cannot decompose it.
    private static List<string> Folded(string text) => [.. Words.Of(text).Select(word => word.Replace('İ', 'i'))];

    private static int Compare(SessionView a, SessionView b, string? sort)
    {
        var order = sort switch
        {
            "updated_at" => a.UpdatedAt.CompareTo(b.UpdatedAt),
            "size" => a.SizeBytes.CompareTo(b.SizeBytes),
            "name" => Bytes(a.Name.ToLowerInvariant()).AsSpan().SequenceCompareTo(Bytes(b.Name.ToLowerInvariant())),
            _ => a.CreatedAt.CompareTo(b.CreatedAt),
        };
        return order != 0 ? order : string.CompareOrdinal(a.SessionId, b.SessionId);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
