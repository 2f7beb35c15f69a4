using Lucid.Contracts.ReadModel;
using Lucid.StorageDatabase.Domain;

namespace Lucid.StorageDatabase.Storage;

/// <summary>A checked query as a condition with parameters. Only names of the view's definition stand in the text; what callers write is bound.</summary>
internal sealed class SqliteQuery
{
    private readonly List<(string Name, object? Value)> _parameters = [];

    public SqliteQuery(ViewDefinition view, ReadQuery query, Visibility visibility)
    {
        var conditions = new List<string> { "document IS NOT NULL" };
        if (visibility.Owner is { } owner)
        {
            conditions.Add($"{Column(view, view.Owner)} = {Bind(owner)}");
        }

        foreach (var (name, value) in query.Filters ?? new Dictionary<string, string>())
        {
            conditions.Add(view.Field(name)!.Kind == FieldKind.Keywords
                ? $"EXISTS (SELECT 1 FROM {SqliteLayout.Values(view)} v WHERE v.row = d.row AND v.field = {Bind(name)} AND v.value = {Bind(value)})"
                : $"{Column(view, name)} = {Bind(value)}");
        }

        if (query.From is { } from)
        {
            conditions.Add($"{Column(view, view.Time)} >= {Bind(from.UtcTicks)}");
        }

        if (query.To is { } to)
        {
            conditions.Add($"{Column(view, view.Time)} <= {Bind(to.UtcTicks)}");
        }

        if (!string.IsNullOrWhiteSpace(query.Text))
        {
            var words = Words.Of(query.Text).Distinct(StringComparer.Ordinal).ToList();
            var table = SqliteLayout.Text(view);
            conditions.Add(words.Count == 0 ? "FALSE" : $"row IN (SELECT rowid FROM {table} WHERE {table} MATCH {Bind(Match(words))})");
        }

        var order = query.Descending ? "DESC" : "ASC";
        var condition = $"FROM {SqliteLayout.Documents(view)} d WHERE {string.Join(" AND ", conditions)}";
        Count = $"SELECT count(*) {condition}";
        Page = $"SELECT document {condition} ORDER BY {Column(view, query.Sort ?? view.Time)} {order}, id {order} LIMIT {Bind((long)query.Limit)} OFFSET {Bind((query.Page - 1L) * query.Limit)}";
    }

    public string Count { get; }

    public string Page { get; }

    public IReadOnlyList<(string Name, object? Value)> Values => _parameters;

    // Every word as a quoted string with the mark of a prefix; a word holds letters, digits and symbols only, so nothing in it ends the quote.
    private static string Match(IReadOnlyList<string> words) => string.Join(" AND ", words.Select(word => $"\"{word}\"*"));

    private static string Column(ViewDefinition view, string name) => SqliteLayout.Column(view.Field(name)!);

    private string Bind(object value)
    {
        var name = $"$p{_parameters.Count}";
        _parameters.Add((name, value));
        return name;
    }
}
