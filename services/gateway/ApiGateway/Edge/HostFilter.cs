using Lucid.Contracts.Errors;
using Lucid.ServiceDefaults;

namespace Lucid.ApiGateway.Edge;

/// <summary>Step 1: only names of <c>ALLOWED_HOSTS</c>, compared whole; a trailing dot makes another name.</summary>
internal sealed class HostFilter(RequestDelegate next, EdgeOptions options)
{
    private readonly HashSet<string> _allowed = new(options.AllowedHosts, StringComparer.OrdinalIgnoreCase);

    public Task InvokeAsync(HttpContext context) => _allowed.Count == 0 || _allowed.Contains(context.Request.Host.Host)
        ? next(context)
        : context.RefuseAsync(LucidResults.Error(LucidErrors.InvalidRequest, "This host name is not served here.", "host_not_allowed"));
}
