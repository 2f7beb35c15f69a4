using Lucid.ServiceDefaults;

namespace Lucid.ApiGateway.Edge;

internal static class EdgePipeline
{
    /// <summary>
    /// What a request of the public listener passes, in the order of gateway §3. A step answers or calls the next one.
    /// <code>
    ///  1 host allow-list           HostFilter
    ///  2 request id and trace      service defaults
    ///  3 error boundary            service defaults
    ///  4 size, method, media type  TargetGuard, then BodyGuard once the route is known
    ///  5 security headers, CORS    AnswerHeaders, framework CORS
    ///  6 client address            ClientAddress
    ///  7 limiter before log-in     AddressLimit
    ///  8 authentication            Authentication
    ///  9 limiter per principal     PrincipalLimit; the same atomic decision reads the deny-list
    /// 10 lockdown, maintenance     (no such events are published yet)
    /// 11 route authorisation       RouteAuthorisation
    /// 12 schema of the body        at the owner, whose messages define it
    /// 13 handler or proxy          endpoints
    /// 14 metrics                   service defaults
    /// </code>
    /// Steps 2 and 3 run first in fact, so that a refusal of step 1 is an error answer with an id. Routing has chosen an endpoint by then,
    /// and none runs before step 13.
    /// </summary>
    public static void UsePublicEdge(this WebApplication app) => app.UseWhen(context => context.IsPublic(), edge =>
    {
        edge.UseMiddleware<AnswerHeaders>(); // written when the answer starts
        edge.UseMiddleware<HostFilter>();
        edge.UseMiddleware<TargetGuard>();
        edge.UseCors();
        edge.UseMiddleware<BodyGuard>();
        edge.UseMiddleware<ClientAddress>();
        edge.UseMiddleware<AddressLimit>();
        edge.UseMiddleware<Authentication>();
        edge.UseMiddleware<PrincipalLimit>();
        edge.UseMiddleware<RouteAuthorisation>();
    });

    public static Task RefuseAsync(this HttpContext context, IResult refusal) => refusal.ExecuteAsync(context);
}
