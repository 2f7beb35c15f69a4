using Lucid.Contracts.Access;

namespace Lucid.ApiGateway.Routing;

/// <summary>A public route as endpoint metadata: recognises its exact path and writes the owner's.</summary>
internal sealed class RouteBinding(PublicRoute route)
{
    private readonly string[] _path = route.Path[1..].Split('/');
    private readonly string[] _target = route.Target[1..].Split('/');

    public PublicRoute Route => route;

    /// <summary>The owner's path with every value escaped again, or null when the segments are not exactly this route's.</summary>
    /// <param name="segments">Decoded segments of the request.</param>
    public string? Bind(string[] segments)
    {
        if (segments.Length != _path.Length)
        {
            return null;
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < segments.Length; i++)
        {
            if (_path[i].StartsWith('{') && segments[i].Length > 0)
            {
                values[_path[i]] = segments[i];
            }
            else if (_path[i] != segments[i])
            {
                return null;
            }
        }

        return "/" + string.Join('/', _target.Select(part => part.StartsWith('{') ? Uri.EscapeDataString(values[part]) : part));
    }
}
