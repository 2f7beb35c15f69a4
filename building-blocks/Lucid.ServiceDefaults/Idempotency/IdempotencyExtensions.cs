using Lucid.ServiceDefaults.Idempotency;

namespace Lucid.ServiceDefaults;

public static class IdempotencyExtensions
{
    /// <summary>
    /// Honours <c>Idempotency-Key</c> (a UUID, gateway §2) on this endpoint: for 24 h per user, route and key the same body gets the stored
    /// answer again, another body 409/4002, a request still running 409/4003 with <c>Retry-After</c>. Answers of 5xx are not kept.
    /// Needs <c>AddLucidState</c>. Meant for answers of moderate size: they are kept whole.
    /// </summary>
    /// <param name="required">True: 400/1002 without a key (money-moving POSTs).</param>
    public static TBuilder WithIdempotency<TBuilder>(this TBuilder endpoint, bool required = false) where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(e => e.Metadata.Add(new IdempotentEndpoint(required)));
        return endpoint;
    }

    /// <summary>
    /// Where in the pipeline keys are honoured: behind the step that knows the user. The service defaults have it for the sidecar-facing
    /// listener; a public listener with steps of its own places it there.
    /// </summary>
    public static IApplicationBuilder UseIdempotency(this IApplicationBuilder app) => app.UseMiddleware<IdempotencyMiddleware>();
}
