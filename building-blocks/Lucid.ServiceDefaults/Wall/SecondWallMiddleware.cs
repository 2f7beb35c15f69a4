using Lucid.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http.Features;

namespace Lucid.ServiceDefaults.Wall;

internal sealed partial class SecondWallMiddleware(RequestDelegate next, SecondWall wall, ErrorWriter writer, ILogger<SecondWallMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (RawTarget.IsAmbiguous(context.Features.Get<IHttpRequestFeature>()?.RawTarget))
        {
            await writer.WriteAsync(context, new ErrorReport(LucidErrors.InvalidRequest, "Write letters, digits, '-', '.', '_', '~' and '%' of the path without percent-encoding.") { Reason = "ambiguous_path" }).ConfigureAwait(false);
            return;
        }

        var endpoint = context.GetEndpoint();
        if (context.IsPublic())
        {
            StripInternalHeaders(context.Request.Headers);
            if (endpoint is RouteEndpoint && endpoint.Metadata.GetMetadata<PublicEndpoint>() is null)
            {
                context.SetEndpoint(null);
            }

            await next(context).ConfigureAwait(false);
            return;
        }

        var verdict = wall.Judge(context.Request, endpoint);
        if (verdict == Verdict.Pass)
        {
            if (endpoint is null)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound; // no middleware behind the wall serves the sidecar
                return;
            }

            await next(context).ConfigureAwait(false);
            return;
        }

        LogRefused(verdict, context.Request.Method, (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "unmatched", Shown(context.Request.Headers[LucidHeaders.DaprCallerAppId].ToString()));
        await writer.WriteAsync(context, ReportOf(verdict)).ConfigureAwait(false);
    }

    private static ErrorReport ReportOf(Verdict verdict) => verdict switch
    {
        Verdict.NoToken => new ErrorReport(LucidErrors.CredentialsInvalid, "Call this service through its sidecar.") { Reason = "sidecar_token" },
        Verdict.NotAllowed => new ErrorReport(LucidErrors.Forbidden, "The calling service may not use this operation; the allow matrix lists who may.") { Reason = "caller_not_allowed" },
        Verdict.SidecarOnly => new ErrorReport(LucidErrors.Forbidden, "Only the service's own sidecar may call this.") { Reason = "sidecar_only" },
        Verdict.NoCaller => new ErrorReport(LucidErrors.Forbidden, "Call this service through the calling service's own sidecar.") { Reason = "caller_missing" },
        _ => new ErrorReport(LucidErrors.Forbidden, "Send each caller header once.") { Reason = "caller_ambiguous" },
    };

    private static void StripInternalHeaders(IHeaderDictionary headers)
    {
        foreach (var name in headers.Keys.Where(IsInternal).ToArray())
        {
            headers.Remove(name);
        }
    }

    private static bool IsInternal(string name) => LucidHeaders.InternalPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    // The header comes from outside: a name of our table or nothing in the logs.
    private static string Shown(string caller) => ServiceTable.Find(caller)?.AppId ?? (caller.Length == 0 ? "nobody" : "an unknown app");
}
