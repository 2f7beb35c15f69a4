using System.Collections.Concurrent;
using Grpc.Core;
using Lucid.Sidecar.Conformance.Launching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Lucid.Sidecar.Conformance.Apps;

/// <summary>A gRPC app that answers every method, of any kind, with the very messages it gets, each as soon as it is there.</summary>
public sealed class GrpcEchoApp : IAsyncDisposable
{
    private static readonly Marshaller<byte[]> Raw = Marshallers.Create(message => message, message => message);

    private readonly ConcurrentQueue<(string Path, IReadOnlyDictionary<string, string> Headers)> calls = new();
    private WebApplication? web;

    public int Port { get; } = FreePorts.Take();

    public IReadOnlyList<(string Path, IReadOnlyDictionary<string, string> Headers)> Calls => [.. calls];

    /// <summary>A method as a client names it.</summary>
    public static Method<byte[], byte[]> Method(string service, string name, MethodType type = MethodType.Unary) => new(type, service, name, Raw, Raw);

    public async Task<GrpcEchoApp> StartAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(Port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Logging.ClearProviders();
        web = builder.Build();
        web.Run(EchoAsync);
        await web.StartAsync();
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        if (web is not null)
        {
            await web.DisposeAsync();
        }
    }

    private async Task EchoAsync(HttpContext http)
    {
        calls.Enqueue((http.Request.Path.Value!, http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        http.Response.ContentType = "application/grpc";
        http.Response.DeclareTrailer("grpc-status");
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
        {
            await http.Response.Body.WriteAsync(buffer.AsMemory(0, read), http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }

        http.Response.AppendTrailer("grpc-status", "0");
    }
}
