using System.Text;
using Dapr.Client;
using Grpc.Net.Client;
using Lucid.Sidecar.Conformance.Apps;
using Lucid.Sidecar.Conformance.Launching;
using Microsoft.Extensions.DependencyInjection;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Lucid.Sidecar.Conformance.Worlds;

/// <summary>Sidecars, apps and files of one test class or one test, and the ways to talk to them. All of it goes at the end, youngest first.</summary>
public class World : IAsyncLifetime
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly ISidecarLauncher launcher = Launchers.Create();
    private readonly Stack<IAsyncDisposable> running = new();
    private readonly Stack<IDisposable> kept = new();
    private readonly HttpClient client = new(new SocketsHttpHandler
    {
        UseProxy = false, AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null,
    })
    { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Component files that the sidecars of this world share, unless a sidecar names another folder.</summary>
    public ComponentFolder Folder { get; } = new();

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ComponentFolder NewFolder()
    {
        var folder = new ComponentFolder();
        kept.Push(folder);
        return folder;
    }

    /// <summary>Writes a Configuration and returns its file.</summary>
    /// <param name="spec">YAML below <c>spec</c>, not indented.</param>
    public string Configuration(string spec)
    {
        var folder = NewFolder();
        var indented = string.Join('\n', spec.Split('\n').Select(line => "  " + line));
        folder.Write("configuration.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: configuration\nspec:\n{indented}\n");
        return folder.Data("configuration.yaml");
    }

    public async Task<RecordingApp> AppAsync(string? subscriptions = null)
    {
        var app = new RecordingApp { DaprSubscribe = subscriptions };
        running.Push(app);
        return await app.StartAsync();
    }

    public T Own<T>(T part)
        where T : IAsyncDisposable
    {
        running.Push(part);
        return part;
    }

    /// <summary>Starts a sidecar on <see cref="Folder"/> and waits until it is ready, app included.</summary>
    public async Task<SidecarSpec> SidecarAsync(SidecarSpec spec, bool untilReady = true)
    {
        spec = spec.Resources is null ? spec with { Resources = Folder.Path } : spec;
        await LaunchAsync(spec);
        if (untilReady)
        {
            await Probe.UntilAnswersAsync(new Uri(spec.Http, "/v1.0/healthz"), () => null, CancellationToken.None);
        }

        return spec;
    }

    /// <summary>Starts a sidecar, to be ended by the test when it likes.</summary>
    public async Task<ISidecar> LaunchAsync(SidecarSpec spec)
    {
        var sidecar = await launcher.StartAsync(spec, CancellationToken.None);
        running.Push(sidecar);
        return sidecar;
    }

    public Task<HttpResponseMessage> GetAsync(SidecarSpec sidecar, string path, params (string Name, string Value)[] headers) =>
        SendAsync(sidecar, "GET", path, (HttpContent?)null, headers);

    public Task<HttpResponseMessage> PostAsync(SidecarSpec sidecar, string path, string body, string contentType = "application/json") =>
        SendAsync(sidecar, "POST", path, Body(body, contentType));

    /// <param name="path">Begins with a slash; sent as it is.</param>
    public async Task<HttpResponseMessage> SendAsync(
        SidecarSpec sidecar, string verb, string path, HttpContent? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), new Uri(sidecar.Http.GetLeftPart(UriPartial.Authority) + path, AsWritten)) { Content = body };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request);
    }

    /// <summary>As <see cref="SendAsync"/>, returning when the headers of the answer are there.</summary>
    public Task<HttpResponseMessage> BeginAsync(HttpRequestMessage request) =>
        client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

    /// <param name="contentType">Null: no Content-Type header.</param>
    public static ByteArrayContent Body(string text, string? contentType = "application/json")
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        if (contentType is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return content;
    }

    public async Task<string> MetricsAsync(SidecarSpec sidecar) => await client.GetStringAsync(sidecar.Metrics);

    /// <summary>The SDK's client of a sidecar.</summary>
    public DaprClient Sdk(SidecarSpec sidecar, string? token = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddDaprClient(builder =>
        {
            builder.UseGrpcEndpoint(sidecar.Grpc.ToString()).UseHttpEndpoint(sidecar.Http.ToString());
            if (token is not null)
            {
                builder.UseDaprApiToken(token);
            }
        });
        var provider = services.BuildServiceProvider();
        kept.Push(provider);
        return provider.GetRequiredService<DaprClient>();
    }

    public GrpcChannel Channel(SidecarSpec sidecar) => Channel(sidecar.Grpc);

    public GrpcChannel Channel(Uri address)
    {
        var channel = GrpcChannel.ForAddress(address);
        kept.Push(channel);
        return channel;
    }

    /// <summary>The generated client of the runtime's gRPC service.</summary>
    public Proto.Dapr.DaprClient Rpc(SidecarSpec sidecar) => new(Channel(sidecar));

    public async ValueTask DisposeAsync()
    {
        foreach (var part in running)
        {
            await part.DisposeAsync();
        }

        await launcher.DisposeAsync();
        client.Dispose();
        foreach (var part in kept)
        {
            part.Dispose();
        }

        Folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
