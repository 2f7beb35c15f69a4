using Lucid.ServiceDefaults.Deadlines;
using Microsoft.Net.Http.Headers;

namespace Lucid.ServiceDefaults.Clients;

/// <summary>
/// Passes on the request id, the time that is left (of the request at hand, at most the client's own), and the user's bearer token where the
/// client asks for it. Without time left nothing is sent.
/// </summary>
internal sealed class PropagationHandler(IHttpContextAccessor current, ServiceClientOptions options) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (RequestId.Current is { } id)
        {
            request.Headers.Remove(LucidHeaders.RequestId);
            request.Headers.Add(LucidHeaders.RequestId, id);
        }

        var left = Deadline.Current?.Left;
        if (left == TimeSpan.Zero)
        {
            throw new TaskCanceledException("the caller's time is over");
        }

        if (options.Timeout != Timeout.InfiniteTimeSpan && (left is null || options.Timeout < left))
        {
            left = options.Timeout;
        }

        request.Headers.Remove(LucidHeaders.Deadline);
        if (left is { } patience)
        {
            request.Headers.Add(LucidHeaders.Deadline, Deadline.Format(patience));
        }

        if (options.ForwardUserToken && request.Headers.Authorization is null && current.HttpContext?.Request.Headers.Authorization is [{ } bearer])
        {
            request.Headers.TryAddWithoutValidation(HeaderNames.Authorization, bearer);
        }

        return base.SendAsync(request, cancellationToken);
    }
}
