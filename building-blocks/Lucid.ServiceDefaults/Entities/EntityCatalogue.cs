namespace Lucid.ServiceDefaults.Entities;

/// <summary>All ids of a kind: append-only pages of 500 (DESIGN §4.3). An id is written before its entity, so readers skip ids without one.</summary>
internal sealed class EntityCatalogue
{
    public const int PageSize = 500;

    private readonly string _kind;
    private readonly IStateClient _state;
    private readonly TimeProvider _clock;
    private readonly Coalescer<string> _writer;

    public EntityCatalogue(string kind, IStateClient state, TimeProvider clock)
    {
        (_kind, _state, _clock) = (kind, state, clock);
        _writer = new Coalescer<string>(WriteAsync);
    }

    public Task AppendAsync(string id, CancellationToken cancellationToken) => _writer.AddAsync(id, cancellationToken);

    /// <summary>The ids of a page (from 0) and whether another page follows.</summary>
    public async Task<(IReadOnlyList<string> Ids, bool HasMore)> ReadAsync(int page, CancellationToken cancellationToken)
    {
        var last = await LastPageAsync(cancellationToken).ConfigureAwait(false);
        var item = await _state.GetAsync(PageKey(page), cancellationToken).ConfigureAwait(false);
        return (item is null ? [] : StateJson.Read<CataloguePageDocument>(item).Ids, page < last);
    }

    private async Task WriteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var rest = ids.Distinct(StringComparer.Ordinal).ToList();
        while (rest.Count > 0)
        {
            var page = await LastPageAsync(cancellationToken).ConfigureAwait(false);
            var taken = await _state.UpdateAsync<CataloguePageDocument, int>(
                PageKey(page),
                current =>
                {
                    var present = current?.Ids ?? [];
                    var fresh = rest.Where(id => !present.Contains(id)).Take(PageSize - present.Count).ToArray();
                    var handled = rest.TakeWhile(id => present.Contains(id) || fresh.Contains(id)).Count();
                    return (fresh.Length == 0 ? null : new CataloguePageDocument([.. present, .. fresh]), handled);
                },
                _clock,
                cancellationToken).ConfigureAwait(false);
            rest.RemoveRange(0, taken);
            if (rest.Count > 0)
            {
                await TurnPageAsync(page, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<int> LastPageAsync(CancellationToken cancellationToken) =>
        await _state.GetAsync(HeadKey, cancellationToken).ConfigureAwait(false) is { } head ? StateJson.Read<CatalogueHead>(head).Last : 0;

    private Task<bool> TurnPageAsync(int full, CancellationToken cancellationToken) =>
        _state.UpdateAsync<CatalogueHead, bool>(
            HeadKey, head => ((head?.Last ?? 0) > full ? null : new CatalogueHead(full + 1), true), _clock, cancellationToken);

    private string HeadKey => StateKey.Of("catalogue", _kind);

    private string PageKey(int page) => $"{StateKey.Of("catalogue", _kind)}:{page}";
}

internal sealed record CatalogueHead(int Last);

internal sealed record CataloguePageDocument(IReadOnlyList<string> Ids);
