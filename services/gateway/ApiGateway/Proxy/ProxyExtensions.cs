using Lucid.ApiGateway.Routing;
using Lucid.Contracts.Access;
using Lucid.ServiceDefaults;

namespace Lucid.ApiGateway.Proxy;

internal static class ProxyExtensions
{
    public static void AddSidecarProxy(this WebApplicationBuilder builder)
    {
        builder.AddLucidOptions<ProxyOptions>();
        builder.Services.AddHttpForwarder();
        builder.Services.AddSingleton<Circuits>();
        builder.Services.AddSingleton<SidecarTransform>();
        builder.Services.AddSingleton<SidecarProxy>();
    }

    /// <summary>The public surface: what <see cref="PublicRouteTable"/> lists, and nothing else.</summary>
    public static void MapPublicRoutes(this WebApplication app)
    {
        var proxy = app.Services.GetRequiredService<SidecarProxy>();
        foreach (var route in PublicRouteTable.All)
        {
            app.MapPublic(route, (HttpContext context) => proxy.ForwardAsync(context)).ExcludeFromDescription(); // its owner describes it
        }
    }
}
