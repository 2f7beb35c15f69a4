using Lucid.ServiceDefaults;
using Microsoft.AspNetCore.Routing.Matching;

namespace Lucid.ApiGateway.Routing;

/// <summary>Public routes exist on the public listeners, everything else on the sidecar-facing one; so both may serve <c>/health</c>.</summary>
internal sealed class ListenerPolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    public override int Order => 0;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(endpoint => endpoint is RouteEndpoint);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var isPublic = httpContext.IsPublic();
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates[i].Endpoint is RouteEndpoint endpoint && candidates.IsValidCandidate(i) && IsPublic(endpoint) != isPublic)
            {
                candidates.SetValidity(i, false);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>Literal paths that only the sidecar may know.</summary>
    public static HashSet<string> InsidePaths(EndpointDataSource endpoints) => new(
        endpoints.Endpoints.OfType<RouteEndpoint>().Where(endpoint => !IsPublic(endpoint)).Select(endpoint => "/" + endpoint.RoutePattern.RawText?.TrimStart('/')),
        StringComparer.OrdinalIgnoreCase);

    private static bool IsPublic(Endpoint endpoint) => endpoint.Metadata.GetMetadata<RouteBinding>() is not null;
}
