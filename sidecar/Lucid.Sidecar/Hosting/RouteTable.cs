using Microsoft.AspNetCore.Routing.Patterns;

namespace Lucid.Sidecar.Hosting;

/// <summary>
/// Collects the endpoints of a sidecar's parts, then routes to those that the API lists leave. Routes match the escaped path, so an encoded
/// slash stays within its segment; each endpoint unescapes its parameters, once.
/// </summary>
internal sealed class RouteTable(IServiceProvider services) : IEndpointRouteBuilder
{
    public IServiceProvider ServiceProvider => services;

    public ICollection<EndpointDataSource> DataSources { get; } = [];

    public IApplicationBuilder CreateApplicationBuilder() => new ApplicationBuilder(services);

    /// <param name="isAllowed">Asked with each route pattern; a route refused is as if it had never been mapped.</param>
    /// <param name="unmatched">Runs when neither path nor verb fit.</param>
    public RequestDelegate Build(Func<string, bool> isAllowed, RequestDelegate unmatched)
    {
        var endpoints = DataSources
            .SelectMany(source => source.Endpoints)
            .Where(endpoint => endpoint is not RouteEndpoint route || isAllowed(route.RoutePattern.RawText ?? Text(route.RoutePattern)))
            .ToArray();
        var application = new ApplicationBuilder(services);
        application.UseRouting();
        application.Use(next => context =>
        {
            if (context.GetEndpoint() is not RouteEndpoint)
            {
                context.SetEndpoint(null);
                return unmatched(context);
            }

            return next(context);
        });
        application.UseEndpoints(builder => builder.DataSources.Add(new DefaultEndpointDataSource(endpoints)));
        return application.Build();
    }

    private static string Text(RoutePattern pattern) =>
        string.Join('/', pattern.PathSegments.Select(segment => segment.Parts[0] is RoutePatternLiteralPart literal ? literal.Content : "{}"));
}
