using System.Text.Json;
using Lucid.Contracts.Access;
using Lucid.Contracts.ReadModel;

namespace Lucid.ServiceDefaults;

public static class CatalogueExtensions
{
    /// <summary><c>GET /internal/v1/catalogue?page=</c> over the catalogued kinds named in <paramref name="kinds"/>; pages begin at 0 and go on with <c>next</c>.</summary>
    public static RouteHandlerBuilder MapCatalogue(this IEndpointRouteBuilder routes, Action<CatalogueKinds> kinds)
    {
        var listed = new CatalogueKinds();
        kinds(listed);
        return routes.MapGet(Routes.Catalogue, async (HttpContext context, CancellationToken cancellationToken, int page = 0) =>
            page < 0 || page / CatalogueKinds.PagesPerKind >= listed.Count
                ? LucidResults.Error(LucidErrors.OutOfRange, "Ask for page 0 first and then for the page named in next.", "page_out_of_range")
                : Results.Json(await listed.ReadAsync(context.RequestServices, page, cancellationToken).ConfigureAwait(false), JsonDefaults.Tolerant))
            .Produces<CataloguePage>().WithName("ReadCatalogue").WithTags("Catalogue").WithSummary("The owned ids with what the read model keeps of them, page by page");
    }
}

/// <summary>The kinds behind a catalogue endpoint and what the read model keeps of them.</summary>
public sealed class CatalogueKinds
{
    internal const int PagesPerKind = 1_000_000;

    private readonly List<Func<IServiceProvider, int, int, CancellationToken, Task<CataloguePage>>> _kinds = [];

    internal int Count => _kinds.Count;

    /// <param name="view">The read model's view.</param>
    /// <param name="project">The view's document of an entity; null leaves it out.</param>
    public CatalogueKinds Add<T, TView>(string view, Func<T, TView?> project) where T : class where TView : class
    {
        _kinds.Add(async (services, kind, page, cancellationToken) =>
        {
            var store = services.GetRequiredService<EntityStore<T>>();
            var catalogue = store.Catalogue ?? throw new InvalidOperationException($"{store.Kind} was added without a catalogue");
            var (ids, hasMore) = await catalogue.ReadAsync(page, cancellationToken).ConfigureAwait(false);
            var entries = new List<CatalogueEntry>(ids.Count);
            foreach (var entity in await store.FindManyAsync(ids, cancellationToken).ConfigureAwait(false))
            {
                if (project(entity.Value) is { } document)
                {
                    entries.Add(new CatalogueEntry(entity.Id, entity.Version, JsonSerializer.SerializeToElement(document, JsonDefaults.Tolerant)));
                }
            }

            int? next = hasMore ? (kind * PagesPerKind) + page + 1 : kind + 1 < _kinds.Count ? (kind + 1) * PagesPerKind : null;
            return new CataloguePage(view, entries, next);
        });
        return this;
    }

    internal Task<CataloguePage> ReadAsync(IServiceProvider services, int page, CancellationToken cancellationToken) =>
        _kinds[page / PagesPerKind](services, page / PagesPerKind, page % PagesPerKind, cancellationToken);
}
