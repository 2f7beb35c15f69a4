using System.Net;
using System.Text.Json;
using Lucid.Contracts;
using Lucid.Contracts.Access;
using Lucid.Contracts.Services;
using Lucid.Sidecar.Certificates;
using Lucid.Sidecar.Hosting;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;

namespace Lucid.AccessMatrix;

/// <summary>
/// All apps of the service table with their sidecars: the embedded runtime, the checked-in policies, components, scopes and resiliency, a token
/// for each side of each app, and stand-ins for the apps.
/// </summary>
public sealed class Plane : IAsyncLifetime
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("lucid-access-");
    private readonly DevelopmentAuthority authority;
    private readonly SidecarHost host;
    private readonly Dictionary<string, StandIn> apps = [];
    private readonly Dictionary<string, RunningSidecar> sidecars = [];
    private readonly HttpMessageInvoker client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });

    public Plane()
    {
        authority = DevelopmentAuthority.OpenOrCreate(Path.Combine(folder.FullName, ".lucid", "authority"), TimeProvider.System);
        host = new SidecarHost(new SidecarHostOptions
        {
            CertificateAuthority = authority.Certificate, IssueCertificate = identity => authority.Issue(identity, DevelopmentAuthority.LeafLifetime),
        });
    }

    public static IReadOnlyList<string> AppIds { get; } = [.. ServiceTable.All.Select(service => service.AppId)];

    /// <summary>Requests that got through to any app.</summary>
    public int ReachedCount => apps.Values.Sum(app => app.ReachedCount);

    internal StandIn this[string appId] => apps[appId];

    public static string ApiToken(string appId) => $"api-token-of-{appId}";

    public static string AppToken(string appId) => $"app-token-of-{appId}";

    public int HttpPort(string appId) => sidecars[appId].HttpPort;

    public int GrpcPort(string appId) => sidecars[appId].GrpcPort;

    /// <summary>Where sidecars of other processes call this app's.</summary>
    public int InternalPort(string appId) => sidecars[appId].InternalPort!.Value;

    /// <summary>Who vouches for the sidecars of this plane.</summary>
    public DevelopmentAuthority Authority => authority;

    public async ValueTask InitializeAsync()
    {
        var state = Directory.CreateDirectory(Path.Combine(folder.FullName, ".lucid", "state"));
        await File.WriteAllTextAsync(
            Path.Combine(state.Parent!.FullName, "secrets.json"), JsonSerializer.Serialize(SecretTable.All.ToDictionary(secret => secret.Name, secret => $"value of {secret.Name}")));
        await File.WriteAllTextAsync(Path.Combine(state.Parent.FullName, "wallet-secrets.json"), """{"wallet-key":"value of wallet-key"}""");
        foreach (var service in ServiceTable.All)
        {
            apps[service.AppId] = await StandIn.StartAsync(service, AppToken(service.AppId));
            sidecars[service.AppId] = await SidecarAsync(service);
        }

        await Task.WhenAll(sidecars.Values.Select(sidecar => sidecar.Ready.WaitAsync(TimeSpan.FromSeconds(30))));
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await host.DisposeAsync();
        authority.Dispose();
        foreach (var app in apps.Values)
        {
            await app.DisposeAsync();
        }

        folder.Delete(recursive: true);
    }

    /// <summary>Calls as <paramref name="caller"/> does, through its own sidecar; the target goes out exactly as written.</summary>
    public Task<Answer> InvokeAsync(string caller, string callee, string verb, string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpPort(caller), verb, $"/v1.0/invoke/{callee}/method{path}", [(LucidHeaders.DaprApiToken, ApiToken(caller)), .. headers]);

    public async Task<Answer> SendAsync(int port, string verb, string target, (string Name, string Value)[] headers, string? json = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), new Uri($"http://127.0.0.1:{port}{target}", AsWritten));
        if (json is not null)
        {
            request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return new Answer(
            response.StatusCode, response.Headers.TryGetValues(StandIn.Reached, out var reached) ? reached.Single() : null,
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Whether the matrix lets <paramref name="caller"/> use this verb on this template of <paramref name="callee"/>.</summary>
    public static bool Allows(string caller, string callee, string verb, string template) =>
        AllowMatrix.For(callee).Any(rule => rule.Caller == caller && rule.Verb == verb && Covers(StandIn.Spelling(rule.Template), template));

    private static bool Covers(string rule, string template) =>
        rule == template || (rule.EndsWith("/{**rest}", StringComparison.Ordinal) && template.StartsWith(rule[..^"{**rest}".Length], StringComparison.Ordinal));

    private async Task<RunningSidecar> SidecarAsync(ServiceDescription service)
    {
        var resources = ResourceLoader.Load(
            [Repository.File("components/local"), Repository.File("dapr/resources")], [Repository.File($"dapr/config/{service.AppId}.yaml")], service.Namespace);
        var options = new SidecarOptions
        {
            AppId = service.AppId, Namespace = service.Namespace, AppPort = apps[service.AppId].Port, HttpPort = 0, GrpcPort = 0, InternalGrpcPort = 0, MetricsPort = 0,
            ApiToken = ApiToken(service.AppId), AppApiToken = AppToken(service.AppId), BaseDirectory = Path.Combine(folder.FullName, "dapr"),
        };
        return (RunningSidecar)await host.StartAsync(options, resources, TestContext.Current.CancellationToken);
    }

    /// <summary>What a caller might write to get from a path it may use to one it may not.</summary>
    public IEnumerable<string> SpellingsBeside(AllowRule rule) =>
        from other in Spellings.OnePerOperation(this[rule.Callee].Templates, template => new AllowRule("", "", "", template).Operation)
            .Concat(["/unlisted", "/actors/p0/p1/method/p2", "/internal/self/tick", "/dapr/subscribe"])
        where other != StandIn.Spelling(rule.Template)
        from path in Spellings.Of(StandIn.PathOf(StandIn.Spelling(rule.Template)), StandIn.PathOf(other))
        select path;
}

/// <param name="Reached">The template that was served; null when the request did not get through to the app.</param>
public sealed record Answer(HttpStatusCode Status, string? Reached, string Body);
