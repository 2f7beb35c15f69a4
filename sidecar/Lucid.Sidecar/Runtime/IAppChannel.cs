namespace Lucid.Sidecar.Runtime;

/// <summary>The way from a sidecar to its own app over HTTP.</summary>
public interface IAppChannel
{
    /// <summary>False while the app does not listen, or its health checks fail.</summary>
    bool IsHealthy { get; }

    /// <summary>
    /// Sends to the app; the request URI is relative (<c>/route?query</c>). Adds <c>dapr-api-token</c>
    /// (the app's <c>APP_API_TOKEN</c>), respects <c>--app-max-concurrency</c>, never follows redirects.
    /// The response is returned when its headers have arrived; the caller disposes it.
    /// </summary>
    Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken);
}
