using System.Net;
using System.Text;
using System.Text.Json;
using Lucid.Contracts;

namespace Lucid.SessionPipeline.Tests.Support;

/// <summary>Answers a client's calls as the test says.</summary>
internal sealed class StubHandler(Func<HttpRequestMessage, byte[], HttpResponseMessage> answer) : HttpMessageHandler
{
    public HttpClient Client() => new(this, disposeHandler: false) { BaseAddress = new Uri("http://service/") };

    public static HttpResponseMessage Json<T>(T value, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(JsonSerializer.Serialize(value, JsonDefaults.Tolerant), Encoding.UTF8, "application/json") };

    public static HttpResponseMessage Bytes(byte[] value) => new(HttpStatusCode.OK) { Content = new ByteArrayContent(value) };

    public static HttpResponseMessage Empty(HttpStatusCode status = HttpStatusCode.NoContent) => new(status);

    public static HttpResponseMessage Error(int status, string reason) =>
        new((HttpStatusCode)status)
        {
            Content = new StringContent(
                "{\"error\":{\"code\":\"LUCID_ERR_5001\",\"message\":\"refused\",\"request_id\":\"r\",\"timestamp\":\"2031-01-01T00:00:00Z\",\"service\":\"s\",\"version\":\"v1\",\"details\":{\"reason\":\""
                    + reason + "\"}}}",
                Encoding.UTF8, "application/json"),
        };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        answer(request, request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken));
}
