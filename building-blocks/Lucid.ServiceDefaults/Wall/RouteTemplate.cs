namespace Lucid.ServiceDefaults.Wall;

/// <summary>Brings route templates to one spelling: <c>/Orders/{id:guid}/</c> → <c>/orders/{}</c>, a catch-all → <c>{**}</c>.</summary>
internal static class RouteTemplate
{
    public static string Normalise(string template)
    {
        var segments = template.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(segment =>
            segment.StartsWith("{*", StringComparison.Ordinal) ? "{**}"
            : segment.StartsWith('{') && segment.EndsWith('}') ? "{}"
            : segment.ToLowerInvariant());
        return "/" + string.Join('/', segments);
    }
}
