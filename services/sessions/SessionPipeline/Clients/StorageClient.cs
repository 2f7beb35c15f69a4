using Lucid.Contracts.Access;
using Lucid.Contracts.Sessions;
using Lucid.ServiceDefaults;

namespace Lucid.SessionPipeline.Clients;

/// <summary>The store of chunks and documents.</summary>
public sealed class StorageClient(HttpClient http)
{
    public Task<ServiceResult<ChunkCatalogue>> CatalogueAsync(string session, CancellationToken cancellationToken) =>
        http.GetAsync<ChunkCatalogue>(For(Routes.Storage.ChunkCatalogue, session), cancellationToken);

    public Task<ServiceResult<Nothing>> PutManifestAsync(string session, int version, byte[] manifest, CancellationToken cancellationToken) =>
        SendAsync(For(Routes.Storage.Manifest, session).Replace("{version}", $"{version}", StringComparison.Ordinal), manifest, cancellationToken);

    public Task<ServiceResult<Nothing>> PutKeysAsync(string session, byte[] keys, CancellationToken cancellationToken) =>
        SendAsync(For(Routes.Storage.Keys, session), keys, cancellationToken);

    public Task<ServiceResult<Nothing>> PutReceiptAsync(string session, byte[] receipt, CancellationToken cancellationToken) =>
        SendAsync(For(Routes.Storage.Receipt, session), receipt, cancellationToken);

    public Task<ServiceResult<Nothing>> ShredAsync(string session, CancellationToken cancellationToken) =>
        http.DeleteAsync<Nothing>(For(Routes.Storage.Session, session), cancellationToken);

    /// <summary>The stored manifest's bytes, or null when there is none.</summary>
    public async Task<ServiceResult<byte[]>> ManifestAsync(string session, int version, CancellationToken cancellationToken) =>
        await ReadAsync(For(Routes.Storage.Manifest, session).Replace("{version}", $"{version}", StringComparison.Ordinal), cancellationToken);

    private async Task<ServiceResult<byte[]>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(path, cancellationToken);
            return response.IsSuccessStatusCode
                ? new(await response.Content.ReadAsByteArrayAsync(cancellationToken))
                : new(await response.ReadErrorAsync(cancellationToken));
        }
        catch (HttpRequestException)
        {
            return new(new ServiceError(503, Lucid.Contracts.Errors.LucidErrors.Unavailable.Code, "The store does not answer; try again."));
        }
    }

    private Task<ServiceResult<Nothing>> SendAsync(string path, byte[] content, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent(content) };
        request.Content.Headers.ContentType = new("application/json");
        return http.CallAsync<Nothing>(request, cancellationToken);
    }

    private static string For(string template, string session) => template.Replace("{session}", session, StringComparison.Ordinal);
}
