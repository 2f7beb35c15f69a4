using Lucid.ApiGateway.Edge;
using Lucid.ApiGateway.Meta;
using Lucid.ApiGateway.Proxy;
using Lucid.ApiGateway.Revocation;
using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;

namespace Lucid.ApiGateway;

/// <summary>The service put together; tests replace its stores and clock only.</summary>
internal static class ApiGatewayService
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = LucidService.CreateBuilder(args, AppIds.ApiGateway);
        builder.AddPublicEdge();
        builder.AddRevocation();
        builder.AddSidecarProxy();
        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseIngestToken();
        app.UseLucidDefaults();
        app.UsePublicEdge();
        app.MapPublicRoutes();
        app.MapMeta();
        app.MapRevocation();
        return app;
    }
}
