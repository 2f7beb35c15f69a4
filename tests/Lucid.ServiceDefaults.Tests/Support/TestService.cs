using Lucid.Contracts.Access;
using Lucid.ServiceDefaults.Tests.Example;
using Lucid.ServiceDefaults.Wall;

namespace Lucid.ServiceDefaults.Tests.Support;

/// <summary>The example service on a free port with its fake sidecar, and a client that speaks as the sidecar does for a calling app.</summary>
internal sealed class TestService : IAsyncDisposable
{
    public const string AppToken = "app-token-of-the-test";
    public const string SidecarToken = "sidecar-token-of-the-test";

    private static readonly SocketsHttpHandler Handler = new() { AllowAutoRedirect = false };

    private readonly WebApplication _app;

    private TestService(WebApplication app, FakeSidecar sidecar, SharedStore store) => (_app, Sidecar, Store) = (app, sidecar, store);

    public FakeSidecar Sidecar { get; }

    public SharedStore Store { get; }

    public IServiceProvider Services => _app.Services;

    public string[] Urls => [.. _app.Urls];

    public static IReadOnlyList<AllowRule> Rules { get; } =
    [
        new(AppIds.ApiGateway, AppIds.SessionApi, "POST", "/api/v1/notes"),
        new(AppIds.ApiGateway, AppIds.SessionApi, "GET", "/api/v1/notes/{id}"),
        new(AppIds.ApiGateway, AppIds.SessionApi, "DELETE", "/api/v1/notes/{id}"),
        new(AppIds.ApiGateway, AppIds.SessionApi, "GET", "/test/fail"),
        new(AppIds.ApiGateway, AppIds.SessionApi, "GET", "/test/below/{**rest}"),
        new(AppIds.PaymentGateway, AppIds.SessionApi, "GET", "/test/fail"),
        new(AppIds.StorageDatabase, AppIds.SessionApi, "GET", Routes.Catalogue),
    ];

    public static string[] Arguments(FakeSidecar sidecar, params string[] more) =>
    [
        "--ENVIRONMENT=development", "--PORT=0", $"--APP_API_TOKEN={AppToken}", $"--DAPR_API_TOKEN={SidecarToken}",
        $"--DAPR_HTTP_ENDPOINT={sidecar.Address}", "--DAPR_GRPC_ENDPOINT=http://127.0.0.1:9", "--LOG_LEVEL=ERROR", .. more,
    ];

    public static async Task<TestService> StartAsync(Action<WebApplicationBuilder>? configure = null, Action<WebApplication>? map = null, params string[] arguments)
    {
        var sidecar = await FakeSidecar.StartAsync();
        var store = new SharedStore();
        var app = ExampleService.Build(Arguments(sidecar, arguments), builder =>
        {
            var process = new StateProcess(store);
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<IStateClient>(process);
            builder.Services.AddSingleton<IEventPublisher>(process);
            builder.Services.AddSingleton<AllowRules>(_ => Rules);
            configure?.Invoke(builder);
        });
        app.MapGet("/test/fail", string () => throw new InvalidOperationException("secret internals"));
        app.MapGet("/test/below/a/b", () => "below");
        app.MapGet("/test/unlisted", () => "unlisted");
        app.MapPost("/internal/self/tick", () => "tick");
        map?.Invoke(app);
        await app.StartAsync();
        return new TestService(app, sidecar, store);
    }

    /// <summary>As the service's own sidecar calls it on behalf of <paramref name="caller"/>; null: on its own behalf.</summary>
    public HttpClient Client(string? caller = AppIds.ApiGateway, string? token = AppToken, string? ns = null, string? bearer = null)
    {
        var client = new HttpClient(Handler, disposeHandler: false) { BaseAddress = new Uri(Urls[0]) };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Add("dapr-api-token", token);
        }

        if (caller is not null)
        {
            client.DefaultRequestHeaders.Add("dapr-caller-app-id", caller);
            client.DefaultRequestHeaders.Add("dapr-caller-namespace", ns ?? ServiceTable.Find(caller)?.Namespace ?? Namespaces.Main);
        }

        if (bearer is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", bearer);
        }

        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await Sidecar.DisposeAsync();
    }
}
