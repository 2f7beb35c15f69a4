using Lucid.Contracts.Access;
using Lucid.ServiceDefaults;

namespace Lucid.ApiGateway.Routing;

internal static class PublicRouteExtensions
{
    /// <summary>Serves a route of the public surface, on the public listeners only. Its policy is the route itself.</summary>
    public static RouteHandlerBuilder MapPublic(this IEndpointRouteBuilder routes, PublicRoute route, Delegate handler) =>
        routes.MapMethods(route.Path, [route.Verb], handler).WithMetadata(new RouteBinding(route)).OnPublicListener();
}
