namespace Lucid.ServiceDefaults.Wall;

/// <summary>Marks endpoints that answer without a token as long as the request names no calling app: health, metrics, and the API description in development.</summary>
internal sealed class ProbeEndpoint
{
    private static readonly ProbeEndpoint Instance = new();

    public static void Mark(EndpointBuilder endpoint) => endpoint.Metadata.Add(Instance);
}

internal static class ProbeEndpointExtensions
{
    public static void AsProbe(this IEndpointConventionBuilder endpoint)
    {
        endpoint.Add(ProbeEndpoint.Mark);
        if (endpoint is RouteHandlerBuilder handler)
        {
            handler.ExcludeFromDescription();
        }
    }
}
