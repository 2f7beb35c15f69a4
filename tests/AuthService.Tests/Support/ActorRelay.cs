using Lucid.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lucid.AuthService.Tests.Support;

/// <summary>The actor route of a sidecar's HTTP API: hands calls to the app's own actor runtime. Turns are the runtime's matter; this relay has none.</summary>
internal sealed class ActorRelay : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SocketsHttpHandler _handler = new();

    private ActorRelay(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    public string? Target { get; set; }

    public int Calls { get; private set; }

    public static async Task<ActorRelay> StartAsync(string appToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var relay = new ActorRelay(app);
        app.Use((context, next) =>
        {
            context.Request.Path = context.Request.Path.Value!.Replace("//", "/", StringComparison.Ordinal); // dapr-contract §2: cleaned before routing
            return next();
        });
        app.UseRouting();
        app.MapMethods("/v1.0/actors/{type}/{id}/method/{method}", ["PUT", "POST"], async (string type, string id, string method, HttpContext context) =>
        {
            relay.Calls++;
            using var http = new HttpClient(relay._handler, disposeHandler: false);
            using var request = new HttpRequestMessage(HttpMethod.Put, $"{relay.Target}/actors/{type}/{id}/method/{method}");
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            request.Content = new ByteArrayContent(body.ToArray());
            foreach (var header in context.Request.Headers.Where(header => header.Key.StartsWith("X-Dapr", StringComparison.OrdinalIgnoreCase)))
            {
                request.Headers.TryAddWithoutValidation(header.Key, header.Value.ToString());
            }

            request.Headers.Add(LucidHeaders.DaprApiToken, appToken);
            using var response = await http.SendAsync(request);
            context.Response.StatusCode = (int)response.StatusCode;
            foreach (var header in response.Headers.Where(header => header.Key.StartsWith("X-Dapr", StringComparison.OrdinalIgnoreCase)))
            {
                context.Response.Headers[header.Key] = string.Join(',', header.Value);
            }

            await response.Content.CopyToAsync(context.Response.Body);
        });
        await app.StartAsync();
        return relay;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _handler.Dispose();
    }
}
