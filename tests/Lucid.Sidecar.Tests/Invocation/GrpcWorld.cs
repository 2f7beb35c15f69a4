using Grpc.Core;
using Grpc.Net.Client;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Tests.Hosting;

namespace Lucid.Sidecar.Tests.Invocation;

/// <summary>A caller, a callee and its app.</summary>
internal sealed class GrpcWorld : IAsyncDisposable
{
    public required GrpcEcho App { get; init; }
    public required Mesh Mesh { get; init; }
    public required Sidecar.Hosting.RunningSidecar Caller { get; init; }
    public required Sidecar.Hosting.RunningSidecar Callee { get; init; }
    public required GrpcChannel Channel { get; init; }
    public required GrpcChannel OwnChannel { get; init; }

    public static async Task<GrpcWorld> StartAsync(ResourceSet ofCaller, ResourceSet? ofCallee = null, TimeProvider? time = null)
    {
        var app = await GrpcEcho.StartAsync();
        var mesh = new Mesh(new Sidecar.Hosting.SidecarHostOptions { Time = time ?? TimeProvider.System });
        var callee = await mesh.StartAsync(Mesh.Options("callee", app.Port) with { AppProtocol = "grpc" }, ofCallee);
        var caller = await mesh.StartAsync("caller", null, ofCaller);
        return new GrpcWorld
        {
            App = app, Mesh = mesh, Caller = caller, Callee = callee, Channel = To(caller), OwnChannel = To(callee),
        };
    }

    public static global::Grpc.Core.Metadata Target(params (string Name, string Value)[] more)
    {
        var metadata = new global::Grpc.Core.Metadata { { "dapr-app-id", "callee" } };
        foreach (var (name, value) in more)
        {
            metadata.Add(name, value);
        }

        return metadata;
    }

    public static CallOptions Options(global::Grpc.Core.Metadata metadata) => new(metadata, DateTime.UtcNow.AddSeconds(20), TestContext.Current.CancellationToken);

    /// <summary>The status, with the answer or what the status says.</summary>
    public async Task<(StatusCode Status, string Text)> SayAsync(string text, GrpcChannel? channel = null, global::Grpc.Core.Metadata? target = null)
    {
        try
        {
            return (StatusCode.OK, await GrpcEcho.SayAsync(channel ?? Channel, text, target ?? Target()));
        }
        catch (RpcException error)
        {
            return (error.StatusCode, error.Status.Detail);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        OwnChannel.Dispose();
        App.Waits.TrySetResult();
        await Mesh.DisposeAsync();
        await App.DisposeAsync();
    }

    private static GrpcChannel To(Sidecar.Hosting.RunningSidecar sidecar) =>
        GrpcChannel.ForAddress($"http://127.0.0.1:{sidecar.GrpcPort}", new GrpcChannelOptions { MaxSendMessageSize = null });
}
