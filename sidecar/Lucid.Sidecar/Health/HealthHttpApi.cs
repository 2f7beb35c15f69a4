using Grpc.Core;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Health;

/// <summary><c>/v1.0/healthz</c> and <c>/v1.0/healthz/outbound</c>: 204, or 500 with the reason.</summary>
public static class HealthHttpApi
{
    public const string Path = "/v1.0/healthz";
    public const string OutboundPath = "/v1.0/healthz/outbound";

    private static readonly DaprError NotReady = new("ERR_HEALTH_NOT_READY", "dapr is not ready", 500, StatusCode.Internal);
    private static readonly DaprError OutboundNotReady = new("ERR_OUTBOUND_HEALTH_NOT_READY", "dapr outbound is not ready", 500, StatusCode.Internal);
    private static readonly DaprError WrongApp = new("ERR_HEALTH_APPID_NOT_MATCH", "dapr app-id does not match", 500, StatusCode.Internal);

    public static void Map(IEndpointRouteBuilder routes, HealthState health, string appId)
    {
        routes.MapGet(Path, context => Answer(context, context.Request.Query["appid"].ToString() switch
        {
            { Length: > 0 } asked when asked != appId => WrongApp,
            _ => health.IsReady ? null : NotReady,
        }));
        routes.MapGet(OutboundPath, context => Answer(context, health.IsOutboundReady ? null : OutboundNotReady));
    }

    private static Task Answer(HttpContext context, DaprError? error)
    {
        if (error is not null)
        {
            throw new DaprApiException(error);
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
