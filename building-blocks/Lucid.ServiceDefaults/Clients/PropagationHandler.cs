using Microsoft.Net.Http.Headers;

namespace Lucid.ServiceDefaults.Clients;

/// <summary>Passes the request id on, and the user's bearer token where the client asks for it.</summary>
internal sealed class PropagationHandler(IHttpContextAccessor current, bool forwardUser) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (RequestId.Current is { } id)
        {
            request.Headers.Remove(LucidHeaders.RequestId);
            request.Headers.Add(LucidHeaders.RequestId, id);
        }

        if (forwardUser && request.Headers.Authorization is null && current.HttpContext?.Request.Headers.Authorization is [{ } bearer])
        {
            request.Headers.TryAddWithoutValidation(HeaderNames.Authorization, bearer);
        }

        return base.SendAsync(request, cancellationToken);
    }
}
