using Lucid.Contracts;
using Lucid.ServiceDefaults;

namespace Lucid.ApiGateway.Edge;

/// <summary>
/// The one header of the internal name space that comes from outside: a capture source presents its session's secret. Taken before the
/// wall strips such headers, given back by the proxy on binary routes only.
/// </summary>
internal sealed record IngestToken(string Value);

internal static class IngestTokenExtensions
{
    public static void UseIngestToken(this WebApplication app) => app.Use((context, next) =>
    {
        if (context.IsPublic() && context.Request.Headers[LucidHeaders.IngestToken] is [{ } token])
        {
            context.Features.Set(new IngestToken(token));
        }

        return next(context);
    });
}
