using System.Diagnostics;
using System.Text;
using Lucid.Sidecar.Hosting;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;

namespace Lucid.Bench.Sidecar;

/// <summary>A caller and a callee, each with its sidecar; API and app tokens, access control and components on disk as in a real run.</summary>
internal sealed class World : IAsyncDisposable
{
    private const string ApiToken = "token-of-the-sidecar";
    private static readonly SourceLocation Here = new("(bench)", 0);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("lucid-bench-sidecar-");
    private readonly SidecarHost host = new(new SidecarHostOptions());
    private readonly HttpMessageInvoker client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null });
    private readonly BenchApp callerApp;
    private string caller = "";
    private string callee = "";

    private World(BenchApp callerApp, BenchApp app) => (this.callerApp, App) = (callerApp, app);

    public BenchApp App { get; }

    public static async Task<World> StartAsync()
    {
        var world = new World(await BenchApp.StartAsync(isCallee: false), await BenchApp.StartAsync(isCallee: true));
        var first = await world.SidecarAsync("bench-caller", world.callerApp);
        var second = await world.SidecarAsync("bench-callee", world.App);
        await Task.WhenAll(first.Ready, second.Ready).WaitAsync(TimeSpan.FromSeconds(20));
        (world.caller, world.callee) = ($"http://127.0.0.1:{first.HttpPort}", $"http://127.0.0.1:{second.HttpPort}");
        await UntilAsync(async () => await world.CodeAsync(world.ActorThrough("warm-up")) == 200);
        await UntilAsync(async () =>
        {
            await world.SendAsync(world.PublishThrough(Stopwatch.GetTimestamp()));
            return !world.App.Ages.IsEmpty;
        });
        return await world.CodeAsync(Request(HttpMethod.Get, $"{world.caller}/v1.0/invoke/bench-callee/method/refused", ApiToken)) == 403
            ? world
            : throw new InvalidOperationException("access control did not refuse what no rule allows");
    }

    public HttpRequestMessage AnswerDirect() => Request(HttpMethod.Get, $"http://127.0.0.1:{App.Port}/answer", BenchApp.Token);

    public HttpRequestMessage AnswerThrough() => Request(HttpMethod.Get, $"{caller}/v1.0/invoke/bench-callee/method/answer", ApiToken);

    public HttpRequestMessage ActorDirect(string id) => Request(HttpMethod.Put, $"http://127.0.0.1:{App.Port}/actors/Counter/{id}/method/Add", BenchApp.Token, "1");

    public HttpRequestMessage ActorThrough(string id) => Request(HttpMethod.Put, $"{callee}/v1.0/actors/Counter/{id}/method/Add", ApiToken, "1");

    public HttpRequestMessage EventDirect(long moment) => Request(HttpMethod.Post, $"http://127.0.0.1:{App.Port}/deliver", BenchApp.Token, $$"""{"data":{{moment}}}""");

    public HttpRequestMessage PublishThrough(long moment) => Request(HttpMethod.Post, $"{caller}/v1.0/publish/{BenchApp.PubSub}/bench", ApiToken, $"{moment}");

    /// <exception cref="HttpRequestException">Any answer but success.</exception>
    public async Task SendAsync(HttpRequestMessage request)
    {
        using (request)
        using (var response = await client.SendAsync(request, CancellationToken.None))
        {
            response.EnsureSuccessStatusCode();
            await response.Content.CopyToAsync(Stream.Null);
        }
    }

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(20))
            {
                throw new TimeoutException("waited 20 s in vain");
            }

            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await host.DisposeAsync();
        await callerApp.DisposeAsync();
        await App.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private async Task<RunningSidecar> SidecarAsync(string appId, BenchApp app)
    {
        ComponentMetadata Field(string name, string value) => new(name, Here) { Value = value };
        var access = new AccessControlSpec("deny", "lucid.internal",
            [new AccessPolicy("bench-caller", "lucid.internal", "lucid", "deny", [new AccessOperation("/answer", ["GET"], "allow", Here)], Here)], Here);
        var resources = ResourceSet.Empty with
        {
            Components =
            [
                new ComponentResource(BenchApp.PubSub, null, "pubsub.lucid", "v1", Here) { Metadata = [Field("path", Path.Combine(folder.FullName, "broker"))] },
                new ComponentResource("state", null, "state.sqlite", "v1", Here)
                {
                    Metadata = [Field("connectionString", Path.Combine(folder.FullName, "state.db")), Field("actorStateStore", "true")],
                    Scopes = ["bench-callee"],
                },
            ],
            Configuration = ResourceSet.Empty.Configuration with { AccessControl = access, Tracing = new TracingSpec(0.1) },
        };
        var options = new SidecarOptions
        {
            AppId = appId, Namespace = "lucid", AppPort = app.Port, HttpPort = 0, GrpcPort = 0, MetricsPort = 0, ApiToken = ApiToken, AppApiToken = BenchApp.Token,
        };
        return (RunningSidecar)await host.StartAsync(options, resources, CancellationToken.None);
    }

    private async Task<int> CodeAsync(HttpRequestMessage request)
    {
        using (request)
        using (var response = await client.SendAsync(request, CancellationToken.None))
        {
            return (int)response.StatusCode;
        }
    }

    private static HttpRequestMessage Request(HttpMethod method, string target, string token, string? json = null)
    {
        var request = new HttpRequestMessage(method, target) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation(BenchApp.TokenHeader, token);
        return request;
    }
}
