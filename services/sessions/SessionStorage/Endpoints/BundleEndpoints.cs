using System.Collections.Immutable;
using Lucid.Contracts.Access;
using Lucid.Contracts.Errors;
using Lucid.Evidence;
using Lucid.ServiceDefaults;
using Lucid.SessionStorage.Storage;

namespace Lucid.SessionStorage.Endpoints;

/// <summary>The evidence bundle of a finished, anchored recording: streamed, one chunk in memory at a time.</summary>
public static partial class BundleEndpoints
{
    public static void MapBundles(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("").WithTags("Bundles").MapGet(Routes.Storage.Bundle, GetAsync)
            .WithName("GetBundle").WithSummary("Manifest, receipt, key envelopes and encrypted chunks in one file that verifies offline")
            .Produces<Stream>(contentType: "application/zip");

    private static async Task<IResult> GetAsync(
        Guid session, int? version, HttpResponse response, ChunkStore store, ILogger<ChunkStore> logger, CancellationToken cancellationToken)
    {
        var folder = store.Session(session);
        if (!folder.Exists)
        {
            return LucidResults.NotFound("The store knows no such session.", "session_not_found");
        }

        var documents = (
            Manifest: await folder.ReadAsync(SessionDocuments.Manifest(version ?? 1), cancellationToken),
            Receipt: await folder.ReadAsync(SessionDocuments.Receipt, cancellationToken),
            Keys: await folder.ReadAsync(SessionDocuments.Keys, cancellationToken));
        if (documents is not ({ } manifestBytes, { } receiptBytes, { } keyBytes))
        {
            return LucidResults.Error(LucidErrors.WrongState, "The recording is not anchored yet, or was shredded; ask for its state.", "not_anchored");
        }

        BundleContents contents;
        ImmutableDictionary<long, Digest> files;
        try
        {
            var manifest = Manifest.Parse(manifestBytes);
            var keys = BundleKeys.Parse(keyBytes);
            files = Files(folder, session, manifest);
            contents = BundleContents.Create(
                manifest, Receipt.Parse(receiptBytes), keys.ManifestKey, keys.Envelopes, [.. manifest.Chunks.Select(chunk => files[chunk.Index])]);
        }
        catch (EvidenceException damage)
        {
            LogDamage(logger, session, damage);
            return LucidResults.Error(LucidErrors.IntegrityFailed, "What is stored of this recording does not fit together; the operator was alerted.", "integrity_failed");
        }

        response.ContentType = "application/zip";
        response.ContentLength = contents.ArchiveLength;
        response.Headers.ContentDisposition = $"attachment; filename=\"{session:D}.lucid.zip\"";
        await BundleWriter.WriteAsync(contents, (chunk, _) => ValueTask.FromResult<Stream>(Open(store, session, chunk.Index, files[chunk.Index])), response.Body, cancellationToken: cancellationToken);
        return Results.Empty;
    }

    /// <summary>Of the stored versions of each chunk the one whose chunk hash the manifest names.</summary>
    private static ImmutableDictionary<long, Digest> Files(SessionFolder folder, Guid session, Manifest manifest)
    {
        var stored = folder.Chunks().ToLookup(chunk => chunk.Index);
        return manifest.Chunks.ToImmutableDictionary(
            chunk => chunk.Index,
            chunk => stored[(int)chunk.Index].FirstOrDefault(version => ChunkHash.Compute(session, version.Index, version.Length, version.FileSha256) == chunk.ChunkHash)?.FileSha256
                ?? throw new EvidenceException(EvidenceFault.ChunkMismatch, $"No stored file is chunk {chunk.Index} of the manifest."));
    }

    private static FileStream Open(ChunkStore store, Guid session, long index, Digest file) =>
        store.Open(session, (int)index, file)?.Content ?? throw new FileNotFoundException($"The blob of chunk {index} is gone.");

    [LoggerMessage(3301, LogLevel.Critical, "The stored parts of session {Session} do not fit together")]
    private static partial void LogDamage(ILogger logger, Guid session, Exception damage);
}
