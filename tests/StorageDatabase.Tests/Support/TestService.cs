using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Lucid.Contracts;
using Lucid.Contracts.Events;
using Lucid.Contracts.ReadModel;
using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;
using Lucid.StorageDatabase.Endpoints;
using Lucid.StorageDatabase.Subscriptions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lucid.StorageDatabase.Tests.Support;

/// <summary>The service with its real pipeline on a free port, beside a fake sidecar.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private const string AppToken = "app-token-of-the-test";

    private readonly WebApplication _app;
    private readonly TestFolder _folder;

    private TestService(WebApplication app, FakeSidecar sidecar, TestFolder folder) => (_app, Sidecar, _folder) = (app, sidecar, folder);

    public FakeSidecar Sidecar { get; }

    public ManualClock Clock => (ManualClock)_app.Services.GetRequiredService<TimeProvider>();

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    public static async Task<TestService> StartAsync(Action<FakeSidecar>? owners = null, Action<WebApplicationBuilder>? configure = null)
    {
        var (sidecar, folder) = (await FakeSidecar.StartAsync(), new TestFolder());
        owners?.Invoke(sidecar);
        var builder = LucidService.CreateBuilder(
            [
                "--ENVIRONMENT=development", "--PORT=0", $"--APP_API_TOKEN={AppToken}", $"--DAPR_HTTP_ENDPOINT={sidecar.Address}",
                "--DAPR_GRPC_ENDPOINT=http://127.0.0.1:9", "--LOG_LEVEL=ERROR", $"--READ_MODEL_PATH={folder.Path}",
            ],
            AppIds.StorageDatabase);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(new ManualClock());
        builder.AddUserTokens();
        builder.AddReadModel();
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UseLucidDefaults();
        app.MapQueries();
        app.MapRebuild();
        app.MapSessionsSubscription();
        await app.StartAsync();
        return new TestService(app, sidecar, folder);
    }

    public HttpClient Client(string? caller = AppIds.SessionApi, Guid? user = null, string role = "user")
    {
        var client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
        client.DefaultRequestHeaders.Add("dapr-api-token", AppToken);
        if (caller is not null)
        {
            client.DefaultRequestHeaders.Add("dapr-caller-app-id", caller);
            client.DefaultRequestHeaders.Add("dapr-caller-namespace", ServiceTable.Get(caller).Namespace);
        }

        if (user is { } id)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Sidecar.Issuer.Issue(id, role));
        }

        return client;
    }

    public async Task<ReadPage> QueryAsync(ReadQuery query, Guid user, string role = "user")
    {
        using var client = Client(user: user, role: role);
        using var response = await client.PostAsJsonAsync("/internal/v1/query/sessions", query, JsonDefaults.Tolerant);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<ReadPage>(JsonDefaults.Tolerant))!;
    }

    /// <summary>Delivers an event as the own sidecar does.</summary>
    public async Task<(int Status, string Answer)> DeliverAsync(string type, object data, string id = "e1")
    {
        using var client = Client(caller: null);
        using var response = await client.PostAsJsonAsync(
            $"/subscriptions/{Topics.Sessions}",
            new Dictionary<string, object> { ["id"] = id, ["type"] = type, ["source"] = "x", ["time"] = Clock.GetUtcNow().ToString("O"), ["data"] = JsonSerializer.SerializeToElement(data, JsonDefaults.Tolerant) });
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await holds())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await Sidecar.DisposeAsync();
        _folder.Dispose();
    }
}
