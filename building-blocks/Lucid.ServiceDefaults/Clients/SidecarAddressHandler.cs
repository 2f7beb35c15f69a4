namespace Lucid.ServiceDefaults.Clients;

/// <summary>Turns <c>http://{app-id}/path</c> into the sidecar's invocation address, with the token of the host's configuration (dapr-contract §1.2).</summary>
internal sealed class SidecarAddressHandler(ServiceRuntime runtime) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var target = request.RequestUri ?? throw new InvalidOperationException("the request has no address");
        request.RequestUri = new Uri($"{runtime.SidecarHttp.ToString().TrimEnd('/')}/v1.0/invoke/{target.Host}/method{target.PathAndQuery}");
        if (runtime.SidecarToken is { Length: > 0 } token)
        {
            request.Headers.Remove(LucidHeaders.DaprApiToken);
            request.Headers.Add(LucidHeaders.DaprApiToken, token);
        }

        return base.SendAsync(request, cancellationToken);
    }
}
