using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Lucid.Sidecar.Conformance.Apps;
using Lucid.Sidecar.Conformance.Launching;

namespace Lucid.Sidecar.Conformance.Actors;

/// <summary>
/// An app that hosts actors, its sidecar, and a second sidecar without an app's actors in the same namespace. Types: <c>T</c> plain,
/// <c>R</c> reentrant, <c>Idle</c> idle after a second.
/// </summary>
public sealed class ActorWorld : IAsyncLifetime
{
    private const string Config = """
        {"entities":["T","R","Idle"],
         "entitiesConfig":[{"entities":["R"],"reentrancy":{"enabled":true}},{"entities":["Idle"],"actorIdleTimeout":"1s"}]}
        """;

    private readonly ISidecarLauncher launcher = Launchers.Create();
    private readonly ComponentFolder folder = new();
    private readonly ComponentFolder configuration = new();
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };
    private ISidecar? sidecar;
    private ISidecar? stranger;

    public RecordingApp App { get; } = new() { DaprConfig = Config };

    public SidecarSpec Spec { get; private set; } = new("actors-app");
    public SidecarSpec Stranger { get; private set; } = new("actors-stranger");

    /// <summary><c>spec</c> of the app's Configuration, in YAML, indented by four; empty: none.</summary>
    public string Configuration { get; init; } = "";

    public string Database => folder.Data("actors.db");

    public async ValueTask InitializeAsync()
    {
        folder.Add("actors", "state.sqlite", metadata: [("connectionString", Database), ("actorStateStore", "true")]);
        await App.StartAsync();
        Spec = Spec with { AppPort = App.Port, Resources = folder.Path };
        if (Configuration.Length > 0)
        {
            configuration.Write("configuration.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: actors\nspec:\n  {Configuration}\n");
            Spec = Spec with { Configuration = configuration.Data("configuration.yaml") };
        }

        Stranger = Stranger with { Resources = folder.Path };
        sidecar = await launcher.StartAsync(Spec, CancellationToken.None);
        stranger = await launcher.StartAsync(Stranger, CancellationToken.None);
        await UntilHostedAsync();
    }

    /// <summary>The sidecar ends and another begins on the same data; the app stays.</summary>
    public async Task RestartAsync()
    {
        await sidecar!.DisposeAsync();
        sidecar = await launcher.StartAsync(Spec, CancellationToken.None);
        await UntilHostedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var running in new[] { stranger, sidecar })
        {
            if (running is not null)
            {
                await running.DisposeAsync();
            }
        }

        await launcher.DisposeAsync();
        await App.DisposeAsync();
        client.Dispose();
        folder.Dispose();
        configuration.Dispose();
    }

    public Task<HttpResponseMessage> InvokeAsync(string type, string id, string method = "M", string body = "", string verb = "POST", params (string Name, string Value)[] headers) =>
        SendAsync(verb, $"/v1.0/actors/{type}/{id}/method/{method}", body, headers: headers);

    /// <param name="path">Begins with a slash; sent as it is.</param>
    public async Task<HttpResponseMessage> SendAsync(string verb, string path, string? body = null, SidecarSpec? to = null, params (string Name, string Value)[] headers)
    {
        var address = new Uri((to ?? Spec).Http.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(new HttpMethod(verb), address);
        if (!string.IsNullOrEmpty(body))
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request);
    }

    public static async Task<string?> CodeAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errorCode").GetString();

    private Task UntilHostedAsync() => Probe.UntilAsync(
        async () =>
        {
            try
            {
                using var answer = await InvokeAsync("T", "warm-up");
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        },
        "the app's actors are hosted");
}
