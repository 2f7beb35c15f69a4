using Grpc.AspNetCore.Server.Model;
using Grpc.Reflection;

namespace Lucid.Sidecar.Grpc;

/// <summary>Adds the Dapr service and reflection to a host. Reflection serves the true descriptor: Dapr.Client asks it before a bulk publish.</summary>
public static class DaprGrpcApi
{
    /// <param name="service">The sidecar's one instance.</param>
    /// <param name="maxMessageSize">Bytes of a message received or sent (<c>--max-body-size</c>).</param>
    public static void AddServices(IServiceCollection services, DaprService service, int maxMessageSize)
    {
        services.AddSingleton(service);
        services.AddSingleton<IServiceMethodProvider<DaprService>, DaprMethods>();
        services.AddSingleton(new ReflectionServiceImpl(global::Dapr.Client.Autogen.Grpc.v1.Dapr.Descriptor));
        services.AddSingleton(new ReflectionV1ServiceImpl(global::Dapr.Client.Autogen.Grpc.v1.Dapr.Descriptor));
        services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = maxMessageSize;
            options.MaxSendMessageSize = maxMessageSize;

            // Calls of other services are proxied to apps and must reach the routes of the proxy.
            options.IgnoreUnknownServices = true;
        });
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGrpcService<DaprService>();
        routes.MapGrpcService<ReflectionServiceImpl>();
        routes.MapGrpcService<ReflectionV1ServiceImpl>();
    }
}
