using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Lucid.ServiceDefaults;

namespace Lucid.ApiGateway.Tests.Support;

/// <summary>The production gateway on free ports over Kestrel, with a fake sidecar and a state store in memory.</summary>
internal sealed class Gateway : IAsyncDisposable
{
    private const string AppToken = "app-token-of-the-test";
    public const string SidecarToken = "sidecar-token-of-the-test";

    private static readonly SocketsHttpHandler Handler = new() { AllowAutoRedirect = false };

    private readonly WebApplication _app;
    private readonly bool _ownsSidecar;

    private Gateway(WebApplication app, FakeSidecar sidecar, bool ownsSidecar, MemoryState state)
    {
        (_app, Sidecar, _ownsSidecar, State) = (app, sidecar, ownsSidecar, state);
        var urls = app.Urls.ToArray();
        (Inside, Public, Secure) = (new Uri(urls[0]), new Uri(urls[1]), new Uri(urls[^1]));
    }

    public FakeSidecar Sidecar { get; }

    public MemoryState State { get; }

    public Uri Inside { get; }

    public Uri Public { get; }

    /// <summary>The HTTPS listener, where one is configured.</summary>
    public Uri Secure { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<Gateway> StartAsync(string[]? settings = null, TimeProvider? clock = null, MemoryState? state = null, FakeSidecar? sidecar = null)
    {
        var ownsSidecar = sidecar is null;
        sidecar ??= await FakeSidecar.StartAsync();
        state ??= new MemoryState();
        string[] arguments =
        [
            "--ENVIRONMENT=development", "--PORT=0", "--APP_PORT=0", $"--APP_API_TOKEN={AppToken}", $"--DAPR_API_TOKEN={SidecarToken}",
            $"--DAPR_HTTP_ENDPOINT={sidecar.Address}", "--DAPR_GRPC_ENDPOINT=http://127.0.0.1:9", "--LOG_LEVEL=ERROR", .. settings ?? [],
        ];
        var app = ApiGatewayService.Build(arguments, builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<IStateClient>(state);
            builder.Services.AddSingleton<IEventPublisher>(state);
            if (clock is not null)
            {
                builder.Services.AddSingleton(clock);
            }
        });
        await app.StartAsync();
        return new Gateway(app, sidecar, ownsSidecar, state);
    }

    public HttpClient Client(string? bearer = null)
    {
        var client = new HttpClient(Handler, disposeHandler: false) { BaseAddress = Public };
        if (bearer is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        }

        return client;
    }

    /// <summary>Delivers an event as the own sidecar does.</summary>
    public async Task DeliverAsync(string type, string data)
    {
        using var client = new HttpClient(Handler, disposeHandler: false);
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(Inside, "/subscriptions/lucid.auth"))
        {
            Content = new StringContent(
                $$"""{"specversion":"1.0","id":"{{Guid.NewGuid()}}","type":"{{type}}","source":"x","topic":"lucid.auth","data":{{data}}}""", Encoding.UTF8, "application/cloudevents+json"),
        };
        message.Headers.Add(LucidHeaders.DaprApiToken, AppToken);
        using var response = await client.SendAsync(message);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain("DROP", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>Sends bytes no client library would and gives the answer's head and body.</summary>
    public async Task<string> RawAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(Public.Host, Public.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await new StreamReader(stream).ReadToEndAsync(limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        if (_ownsSidecar)
        {
            await Sidecar.DisposeAsync();
        }
    }
}

internal static class Answers
{
    public static async Task<JsonElement> AssertErrorAsync(this HttpResponseMessage response, HttpStatusCode status, string code, string? reason = null)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{(int)response.StatusCode} instead of {(int)status}: {text}");
        var error = JsonDocument.Parse(text).RootElement.GetProperty("error");
        Assert.Equal("LUCID_ERR_" + code, error.GetProperty("code").GetString());
        Assert.Equal("lucid-api-gateway", error.GetProperty("service").GetString());
        if (reason is not null)
        {
            Assert.Equal(reason, error.GetProperty("details").GetProperty("reason").GetString());
        }

        return error;
    }
}
