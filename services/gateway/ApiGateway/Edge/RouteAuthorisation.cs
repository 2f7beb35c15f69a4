using Lucid.ApiGateway.Routing;
using Lucid.Contracts.Access;
using Lucid.Contracts.Auth;
using Lucid.Contracts.Errors;
using Lucid.ServiceDefaults;

namespace Lucid.ApiGateway.Edge;

/// <summary>Step 11: the route's policy. Without a route of the table there is nothing here: 404, or 405 where another verb would do.</summary>
internal sealed class RouteAuthorisation(RequestDelegate next, TimeProvider clock, EndpointDataSource endpoints)
{
    private static readonly TimeSpan StepUpAge = TimeSpan.FromSeconds(300);
    private readonly HashSet<string> _inside = ListenerPolicy.InsidePaths(endpoints);

    public Task InvokeAsync(HttpContext context)
    {
        var request = EdgeRequest.Of(context);
        if (request.Route is not { } route)
        {
            // An endpoint without a route is the framework's 405; of a path of the inside not even that is told.
            return context.GetEndpoint() is not null && !_inside.Contains(context.Request.Path.Value ?? "")
                ? next(context)
                : context.RefuseAsync(LucidResults.NotFound("Nothing is served at this path."));
        }

        return Judge(route, request.User) is { } refusal ? context.RefuseAsync(refusal) : next(context);
    }

    private IResult? Judge(PublicRoute route, UserContext? user)
    {
        if (route.Access == RouteAccess.Public)
        {
            return null;
        }

        if (user is null)
        {
            return LucidResults.Error(LucidErrors.CredentialsInvalid, "Log in and send the access token as a bearer token.");
        }

        if (LevelOf(user.Role) is not { } level || level < route.Access)
        {
            return LucidResults.Error(LucidErrors.Forbidden, "Your role does not allow this.", "role");
        }

        return route.StepUp && !user.HasStepUp(StepUpAge, clock.GetUtcNow())
            ? LucidResults.Error(LucidErrors.StepUpRequired, $"Prove a second factor again; it must not be older than {StepUpAge.TotalSeconds} s.", "step_up_required")
            : null;
    }

    private static RouteAccess? LevelOf(string role) => role.ToLowerInvariant() switch
    {
        UserRoles.User => RouteAccess.User,
        UserRoles.NodeOperator => RouteAccess.NodeOperator,
        UserRoles.Admin => RouteAccess.Admin,
        UserRoles.SuperAdmin => RouteAccess.SuperAdmin,
        _ => null,
    };
}
