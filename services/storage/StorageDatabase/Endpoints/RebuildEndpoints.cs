using Lucid.StorageDatabase.Rebuilding;

namespace Lucid.StorageDatabase.Endpoints;

/// <summary>The operator's command to compare with every owner now.</summary>
internal static class RebuildEndpoints
{
    /// <summary><c>POST /internal/self/rebuild</c>: 202. Only the own sidecar's token opens it, and no other app's call ever reaches it.</summary>
    public static void MapRebuild(this IEndpointRouteBuilder routes) => routes
        .MapPost("/internal/self/rebuild", (Reconciler reconciler) =>
        {
            reconciler.Hurry();
            return TypedResults.Accepted((string?)null);
        })
        .ExcludeFromDescription();
}
