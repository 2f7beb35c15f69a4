using Lucid.Contracts.Errors;
using Lucid.Contracts.ReadModel;

namespace Lucid.StorageDatabase.Domain;

/// <summary>What a query may ask (storage §6). Filters and orders come from the view's lists, so nothing a user writes becomes part of a statement.</summary>
internal static class QueryRules
{
    public const int MaxText = 256;
    public const int MaxFilterValue = 256;
    public const int MaxLimit = 100;

    /// <summary>Rows that may be skipped; beyond them the caller narrows the list.</summary>
    public const int MaxWindow = 10_000;

    /// <summary>Empty: the query may be asked.</summary>
    public static IReadOnlyList<FieldError> Check(ViewDefinition view, ReadQuery query)
    {
        var errors = new List<FieldError>();
        if (query.Text is { Length: > MaxText })
        {
            errors.Add(new("text", "max_length", $"At most {MaxText} characters."));
        }

        foreach (var (name, value) in query.Filters ?? new Dictionary<string, string>())
        {
            if (view.Field(name) is not { IsFilter: true })
            {
                errors.Add(new("filters", "unknown", $"Filter by {Names(view, field => field.IsFilter)}."));
            }
            else if (value is null or { Length: 0 or > MaxFilterValue })
            {
                errors.Add(new($"filters.{name}", "length", $"1 to {MaxFilterValue} characters."));
            }
        }

        if (query.Sort is { } sort && view.Field(sort) is not { IsSort: true })
        {
            errors.Add(new("sort", "unknown", $"Sort by {Names(view, field => field.IsSort)}."));
        }

        if (query is { From: { } from, To: { } to } && from > to)
        {
            errors.Add(new("to", "order", "Not before from."));
        }

        if (query.Limit is < 1 or > MaxLimit)
        {
            errors.Add(new("limit", "range", $"1 to {MaxLimit}."));
        }

        if (query.Page < 1 || (query.Page - 1L) * Math.Clamp(query.Limit, 1, MaxLimit) >= MaxWindow)
        {
            errors.Add(new("page", "range", $"From 1, within the first {MaxWindow} rows; narrow the list by filters or times."));
        }

        return errors;
    }

    private static string Names(ViewDefinition view, Func<ViewField, bool> which) => string.Join(", ", view.Fields.Where(which).Select(field => field.Name));
}
