using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Lucid.ServiceDefaults;

/// <summary>A listener that faces users instead of the sidecar. Only endpoints marked <see cref="OnPublicListener"/> exist there.</summary>
public static class PublicListener
{
    /// <summary>
    /// Listens for the public beside the sidecar-facing listener (<c>APP_PORT</c>). Its requests need no sidecar token; internal headers
    /// (<see cref="LucidHeaders.InternalPrefixes"/>) are stripped from them, and an <c>X-Request-ID</c> is replaced.
    /// </summary>
    /// <param name="port">Default: <c>PORT</c>.</param>
    /// <param name="address">Default: <c>LISTEN_ADDRESS</c>.</param>
    /// <param name="configure">For TLS: call <c>builder.WebHost.UseKestrelHttpsConfiguration()</c> and <c>listen.UseHttps(…)</c>.</param>
    public static WebApplicationBuilder AddPublicListener(
        this WebApplicationBuilder builder, int? port = null, IPAddress? address = null, Action<ListenOptions>? configure = null)
    {
        var runtime = builder.Runtime();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(address ?? runtime.ListenAddress, port ?? runtime.Port, listen =>
        {
            listen.Use(next => connection =>
            {
                connection.Features.Set(PublicConnection.Instance);
                return next(connection);
            });
            configure?.Invoke(listen);
        }));
        return builder;
    }

    /// <summary>Serves the endpoint on the public listener too. The sidecar-facing one still asks the allow matrix.</summary>
    public static TBuilder OnPublicListener<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(e => e.Metadata.Add(PublicEndpoint.Instance));
        return endpoint;
    }

    /// <summary>True when the request arrived on a public listener.</summary>
    public static bool IsPublic(this HttpContext context) => context.Features.Get<PublicConnection>() is not null;
}

internal sealed class PublicConnection
{
    public static readonly PublicConnection Instance = new();
}

internal sealed class PublicEndpoint
{
    public static readonly PublicEndpoint Instance = new();
}
