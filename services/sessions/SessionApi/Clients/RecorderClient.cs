using Lucid.Contracts;
using Lucid.Contracts.Access;

namespace Lucid.SessionApi.Clients;

/// <summary>The recorder's ingest, for sources that come through the gateway: bodies and answers pass unread.</summary>
public sealed class RecorderClient(HttpClient http)
{
    public Task<HttpResponseMessage> PositionAsync(Guid session, string token, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, Routes.Recorder.IngestPosition.Replace("{session}", session.ToString("D"), StringComparison.Ordinal)), token, cancellationToken);

    public Task<HttpResponseMessage> IngestAsync(
        Guid session, int epoch, int run, long offset, string token, HttpRequest source, CancellationToken cancellationToken)
    {
        var path = FormattableString.Invariant($"/internal/v1/ingest/{session:D}/{epoch}/{run}/{offset}");
        var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new StreamContent(source.Body) };
        request.Content.Headers.ContentLength = source.ContentLength;
        request.Content.Headers.ContentType = new("application/octet-stream");
        return SendAsync(request, token, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string token, CancellationToken cancellationToken)
    {
        using (request)
        {
            request.Headers.TryAddWithoutValidation(LucidHeaders.IngestToken, token);
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
    }
}
