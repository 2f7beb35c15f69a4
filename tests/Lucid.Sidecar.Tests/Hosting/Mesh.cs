using System.Net;
using System.Text;
using System.Text.Json;
using Lucid.Sidecar.Hosting;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Tests.Hosting;

/// <summary>Sidecars of one process, as production starts them, on ports of their own.</summary>
public sealed class Mesh(SidecarHostOptions? options = null) : IAsyncDisposable
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null });

    public SidecarHost Host { get; } = new(options ?? new SidecarHostOptions());

    public static SidecarOptions Options(string appId, int appPort = 0) => new()
    {
        AppId = appId, Namespace = "lucid", AppPort = appPort, HttpPort = 0, GrpcPort = 0, MetricsPort = 0,
    };

    public static ResourceSet Resources(AccessControlSpec? accessControl = null) =>
        ResourceSet.Empty with { Configuration = ResourceSet.Empty.Configuration with { AccessControl = accessControl } };

    public async Task<RunningSidecar> StartAsync(SidecarOptions sidecar, ResourceSet? resources = null)
    {
        var running = (RunningSidecar)await Host.StartAsync(sidecar, resources ?? ResourceSet.Empty, TestContext.Current.CancellationToken);
        if (sidecar.AppPort == 0 || !sidecar.EnableAppHealthCheck)
        {
            await running.Ready.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        }

        return running;
    }

    public Task<RunningSidecar> StartAsync(string appId, TestApp? app = null, ResourceSet? resources = null) =>
        StartAsync(Options(appId, app?.Port ?? 0), resources);

    /// <summary>Sends with the target exactly as written.</summary>
    public Task<HttpResponseMessage> SendAsync(
        RunningSidecar sidecar, HttpMethod method, string target, HttpContent? body = null, params (string Name, string Value)[] headers) =>
        SendAsync(sidecar.HttpPort, method, target, body, HttpVersion.Version11, headers);

    public Task<HttpResponseMessage> GetAsync(RunningSidecar sidecar, string target, params (string Name, string Value)[] headers) =>
        SendAsync(sidecar, HttpMethod.Get, target, null, headers);

    public async Task<HttpResponseMessage> SendAsync(
        int port, HttpMethod method, string target, HttpContent? body, Version version, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, new Uri($"http://127.0.0.1:{port}{target}", AsWritten))
        {
            Content = body, Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    public async Task<string> MetricsAsync(RunningSidecar sidecar)
    {
        using var response = await SendAsync(sidecar.MetricsPort!.Value, HttpMethod.Get, "/metrics", null, HttpVersion.Version11);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    public static async Task AssertErrorAsync(HttpResponseMessage response, int status, string code, string part = "")
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode} instead of {status}: {text}");
        using var json = JsonDocument.Parse(text);
        Assert.Equal(code, json.RootElement.GetProperty("errorCode").GetString());
        Assert.Contains(part, json.RootElement.GetProperty("message").GetString());
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
    }

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        while (!await condition())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    public static StringContent Text(string text) => new(text, Encoding.UTF8, "text/plain");

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await Host.DisposeAsync();
    }
}
