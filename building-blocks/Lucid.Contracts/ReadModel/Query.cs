using System.Text.Json;

namespace Lucid.Contracts.ReadModel;

/// <summary>POST /internal/v1/query/{view}. The owner filter comes from the caller's forwarded user token, never from the body, unless the role may see all.</summary>
/// <param name="Text">Full text, at most 256 characters; null: list.</param>
/// <param name="Filters">Equality filters of the view's allow-list.</param>
/// <param name="From">Inclusive lower bound of the view's time.</param>
/// <param name="Sort">Field of the view's allow-list.</param>
/// <param name="Descending">Default true.</param>
/// <param name="Page">From 1.</param>
/// <param name="Limit">1–100.</param>
public sealed record ReadQuery(
    string? Text = null, IReadOnlyDictionary<string, string>? Filters = null, DateTimeOffset? From = null, DateTimeOffset? To = null,
    string? Sort = null, bool Descending = true, int Page = 1, int Limit = 20);

/// <param name="Items">Documents of the view (for <c>sessions</c>: a session view).</param>
/// <param name="LagMs">Age of the newest event not yet applied, milliseconds; 0 when none is known.</param>
public sealed record ReadPage(IReadOnlyList<JsonElement> Items, int Page, int Limit, long Total, long LagMs);

public static class Views
{
    public const string Sessions = "sessions";
    public const string Users = "users";
}

/// <summary>GET /internal/v1/catalogue?page=: one page of an owner's catalogue.</summary>
/// <param name="View">The read model's view the documents belong to.</param>
/// <param name="Next">The next page, null at the end.</param>
public sealed record CataloguePage(string View, IReadOnlyList<CatalogueEntry> Entries, int? Next);

/// <param name="Version">Rises with every change of the entity.</param>
public sealed record CatalogueEntry(string Id, long Version, JsonElement Document);
