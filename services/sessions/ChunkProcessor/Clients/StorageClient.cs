using Lucid.Contracts;
using Lucid.Contracts.Access;
using Lucid.Contracts.Sessions;
using Lucid.Evidence;
using Lucid.ServiceDefaults;

namespace Lucid.ChunkProcessor.Clients;

/// <summary>The store of encrypted chunks; answers when the bytes are durable.</summary>
public sealed class StorageClient(HttpClient http)
{
    public Task<ServiceResult<StoredChunk>> PutAsync(
        string session, int index, ReadOnlyMemory<byte> file, Digest sha256, CancellationToken cancellationToken)
    {
        var path = Routes.Storage.Chunk.Replace("{session}", session, StringComparison.Ordinal).Replace("{index}", $"{index}", StringComparison.Ordinal);
        var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ReadOnlyMemoryContent(file) };
        request.Content.Headers.ContentType = new("application/octet-stream");
        request.Content.Headers.TryAddWithoutValidation(LucidHeaders.ReprDigest, $"sha-256=:{Convert.ToBase64String(sha256.Span)}:");
        return http.CallAsync<StoredChunk>(request, cancellationToken);
    }
}
