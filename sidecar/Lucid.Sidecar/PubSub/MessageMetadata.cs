using System.Globalization;

namespace Lucid.Sidecar.PubSub;

/// <summary>Metadata keys the runtime itself understands; names are compared without case.</summary>
internal static class MessageMetadata
{
    public static IReadOnlyDictionary<string, string> Empty { get; } = new Dictionary<string, string>();

    public static string? Find(IReadOnlyDictionary<string, string> metadata, string name)
    {
        if (metadata.Count == 0)
        {
            return null;
        }

        if (metadata.TryGetValue(name, out var exact))
        {
            return exact;
        }

        foreach (var (key, value) in metadata)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>False when <c>rawPayload</c> is there and is no boolean (the spellings of Go's ParseBool).</summary>
    public static bool TryReadRawPayload(IReadOnlyDictionary<string, string> metadata, out bool rawPayload, out string? problem)
    {
        var text = Find(metadata, "rawPayload");
        rawPayload = text is "1" or "t" or "T" or "true" or "TRUE" or "True";
        problem = text is null || rawPayload || text is "0" or "f" or "F" or "false" or "FALSE" or "False"
            ? null
            : $"rawPayload value must be a valid boolean: actual is '{text}'";
        return problem is null;
    }

    /// <summary>Null without a usable <c>ttlInSeconds</c>.</summary>
    public static TimeSpan? TimeToLive(IReadOnlyDictionary<string, string> metadata) =>
        Find(metadata, "ttlInSeconds") is { } text && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue))
            : null;

    /// <summary>The request's metadata with an entry's own on top.</summary>
    public static IReadOnlyDictionary<string, string> Merge(IReadOnlyDictionary<string, string> request, IReadOnlyDictionary<string, string> entry)
    {
        if (request.Count == 0 || entry.Count == 0)
        {
            return request.Count == 0 ? entry : request;
        }

        var merged = new Dictionary<string, string>(request);
        foreach (var (key, value) in entry)
        {
            merged[key] = value;
        }

        return merged;
    }
}
