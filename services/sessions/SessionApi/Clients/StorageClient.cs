using Lucid.Contracts.Access;
using Microsoft.Net.Http.Headers;

namespace Lucid.SessionApi.Clients;

/// <summary>The store: answers are streamed on as they come.</summary>
public sealed class StorageClient(HttpClient http)
{
    public Task<HttpResponseMessage> ChunkAsync(Guid session, int index, string sha256, HttpRequest original, CancellationToken cancellationToken) =>
        SendAsync(For(Routes.Storage.Chunk, session).Replace("{index}", $"{index}", StringComparison.Ordinal) + $"?sha256={sha256}", original, cancellationToken);

    public Task<HttpResponseMessage> ManifestAsync(Guid session, int version, HttpRequest original, CancellationToken cancellationToken) =>
        SendAsync(For(Routes.Storage.Manifest, session).Replace("{version}", $"{version}", StringComparison.Ordinal), original, cancellationToken);

    public Task<HttpResponseMessage> ReceiptAsync(Guid session, HttpRequest original, CancellationToken cancellationToken) =>
        SendAsync(For(Routes.Storage.Receipt, session), original, cancellationToken);

    public Task<HttpResponseMessage> BundleAsync(Guid session, HttpRequest original, CancellationToken cancellationToken) =>
        SendAsync(For(Routes.Storage.Bundle, session), original, cancellationToken);

    private async Task<HttpResponseMessage> SendAsync(string path, HttpRequest original, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var name in (string[])[HeaderNames.Range, HeaderNames.IfNoneMatch, HeaderNames.IfRange])
        {
            if (original.Headers.TryGetValue(name, out var value))
            {
                request.Headers.TryAddWithoutValidation(name, value.ToString());
            }
        }

        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private static string For(string template, Guid session) => template.Replace("{session}", session.ToString("D"), StringComparison.Ordinal);
}
