using System.Diagnostics;

namespace Lucid.ServiceDefaults.Errors;

/// <summary>Takes the request id of the sidecar or makes one, echoes it, and makes it that of logs, events, calls and the trace.</summary>
internal sealed class RequestIdMiddleware(RequestDelegate next, TimeProvider clock)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var given = context.Request.Headers[LucidHeaders.RequestId];
        var id = !context.IsPublic() && given.Count == 1 && Guid.TryParseExact(given[0], "D", out var uuid) ? uuid.ToString() : RequestId.Create(clock);
        context.Request.Headers[LucidHeaders.RequestId] = id;
        context.Response.Headers[LucidHeaders.RequestId] = id;
        context.TraceIdentifier = id;
        RequestId.Begin(id);
        Activity.Current?.SetBaggage("request_id", id);
        await next(context).ConfigureAwait(false);
    }
}
