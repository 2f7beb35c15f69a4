using System.Text.Json;
using Lucid.Contracts.Access;
using Lucid.Contracts.Errors;
using Lucid.ServiceDefaults;
using Lucid.SessionStorage.Storage;

namespace Lucid.SessionStorage.Endpoints;

/// <summary>Manifest versions, key envelopes and the receipt: bytes kept as they came, never replaced by others.</summary>
public static class DocumentEndpoints
{
    // A manifest of 100,000 chunks is some 30 MB, more than one request may carry to a sidecar: its writer sends it compressed.
    private const int MaxDocument = 10 << 20;

    public static void MapDocuments(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("Documents");
        group.MapPut(Routes.Storage.Manifest, (Guid session, int version, HttpRequest request, ChunkStore store, CancellationToken cancellationToken) =>
                PutAsync(session, SessionDocuments.Manifest(version), request, store, replace: false, cancellationToken))
            .WithName("PutManifest").Produces(StatusCodes.Status204NoContent).WithSummary("Keeps a manifest version; another content under the same version is refused");
        group.MapGet(Routes.Storage.Manifest, (Guid session, int version, ChunkStore store, CancellationToken cancellationToken) =>
                GetAsync(session, SessionDocuments.Manifest(version), store, cancellationToken))
            .WithName("GetManifest").Produces<JsonElement>().WithSummary("The canonical bytes of a manifest version");
        group.MapPut(Routes.Storage.Keys, (Guid session, HttpRequest request, ChunkStore store, CancellationToken cancellationToken) =>
                PutAsync(session, SessionDocuments.Keys, request, store, replace: true, cancellationToken))
            .WithName("PutKeys").Produces(StatusCodes.Status204NoContent).WithSummary("Keeps the key envelopes of the recipients");
        group.MapPut(Routes.Storage.Receipt, (Guid session, HttpRequest request, ChunkStore store, CancellationToken cancellationToken) =>
                PutAsync(session, SessionDocuments.Receipt, request, store, replace: true, cancellationToken))
            .WithName("PutReceipt").Produces(StatusCodes.Status204NoContent).WithSummary("Keeps the anchor receipt; a later one may carry a later head");
        group.MapGet(Routes.Storage.Receipt, (Guid session, ChunkStore store, CancellationToken cancellationToken) =>
                GetAsync(session, SessionDocuments.Receipt, store, cancellationToken))
            .WithName("GetReceipt").Produces<JsonElement>().WithSummary("The anchor receipt");
    }

    private static async Task<IResult> PutAsync(
        Guid session, string name, HttpRequest request, ChunkStore store, bool replace, CancellationToken cancellationToken)
    {
        if (request.ContentLength is not { } length || length > MaxDocument)
        {
            return LucidResults.Error(LucidErrors.TooLarge, $"Send a document of known length, at most {MaxDocument} bytes.", "document_too_large");
        }

        var content = new byte[length];
        await request.Body.ReadExactlyAsync(content, cancellationToken);
        return await store.KeepAsync(session, name, content, replace, cancellationToken) switch
        {
            DocumentOutcome.Kept => TypedResults.NoContent(),
            DocumentOutcome.OtherContent => LucidResults.Error(
                LucidErrors.AlreadyExists, "This version exists with other content; write the next version.", "version_exists"),
            _ => LucidResults.Error(LucidErrors.StorageFull, "The store's volume is full; make room and send it again.", "storage_full"),
        };
    }

    private static async Task<IResult> GetAsync(Guid session, string name, ChunkStore store, CancellationToken cancellationToken) =>
        await store.Session(session).ReadAsync(name, cancellationToken) is { } content
            ? TypedResults.Bytes(content, "application/json")
            : LucidResults.NotFound("The document does not exist (yet).", "document_not_found");
}
