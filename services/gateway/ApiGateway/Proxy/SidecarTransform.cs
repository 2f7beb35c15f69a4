using System.Net.Http.Headers;
using Lucid.ApiGateway.Edge;
using Lucid.Contracts;
using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;
using Yarp.ReverseProxy.Forwarder;

namespace Lucid.ApiGateway.Proxy;

/// <summary>A request of the edge as an invocation of the own sidecar, and the owner's answer as the edge's.</summary>
internal sealed class SidecarTransform(ServiceRuntime runtime, ProxyOptions options) : HttpTransformer
{
    private const int MaxErrorBody = 64 << 10;

    private static readonly string[] NotForwarded =
        ["Cookie", "Forwarded", "Host", "X-API-Key", "X-Auth-Token", "X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override", "X-Real-IP", LucidHeaders.RequestId];

    /// <summary>Base address of the own sidecar.</summary>
    public string Destination { get; } = runtime.SidecarHttp.ToString().TrimEnd('/');

    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken).ConfigureAwait(false);
        var request = EdgeRequest.Of(httpContext);
        var app = AppId.From(AppIds.ApiGateway, request.Route!.App);
        proxyRequest.RequestUri = new Uri($"{destinationPrefix}/v1.0/invoke/{app}/method{request.TargetPath}{httpContext.Request.QueryString.Value}");

        var headers = proxyRequest.Headers;
        foreach (var name in headers.NonValidated.Select(header => header.Key).Where(name => IsInside(name, httpContext.Request)).ToArray())
        {
            headers.Remove(name);
        }

        headers.Host = null;
        headers.TryAddWithoutValidation(LucidHeaders.RequestId, httpContext.TraceIdentifier);
        headers.TryAddWithoutValidation(LucidHeaders.ClientAddress, request.Client.ToString());
        if (!string.IsNullOrEmpty(options.DaprApiToken))
        {
            headers.TryAddWithoutValidation(LucidHeaders.DaprApiToken, options.DaprApiToken);
        }

        if (request.Route.IsBinary && httpContext.Features.Get<IngestToken>() is { } token)
        {
            headers.TryAddWithoutValidation(LucidHeaders.IngestToken, token.Value);
        }
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is not null)
        {
            if ((int)proxyResponse.StatusCode >= 400 && await FaultOfAsync(proxyResponse, cancellationToken).ConfigureAwait(false) is { } fault)
            {
                httpContext.Features.Set(new FaultFeature(fault));
                return false;
            }

            var headers = proxyResponse.Headers;
            foreach (var name in headers.NonValidated.Select(header => header.Key).Where(IsOfTheEdge).ToArray())
            {
                headers.Remove(name);
            }
        }

        return await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<UpstreamFault?> FaultOfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType is not MediaTypeHeaderValue { MediaType: "application/json" })
        {
            return null;
        }

        try
        {
            await response.Content.LoadIntoBufferAsync(MaxErrorBody, cancellationToken).ConfigureAwait(false);
            return UpstreamFaults.Read(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (HttpRequestException)
        {
            return UpstreamFault.Refused; // no error answer of ours is so large or breaks off
        }
    }

    private static bool IsInside(string name, HttpRequest request) =>
        NotForwarded.Contains(name, StringComparer.OrdinalIgnoreCase)
        || name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
        || LucidHeaders.InternalPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        || request.Headers.Connection.Any(line => line!.Split(',', StringSplitOptions.TrimEntries).Contains(name, StringComparer.OrdinalIgnoreCase)); // RFC 9110 §7.6.1

    private static bool IsOfTheEdge(string name) =>
        name.Equals(LucidHeaders.RequestId, StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("dapr-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("X-RateLimit-", StringComparison.OrdinalIgnoreCase)
        || name is "Server" or "X-Powered-By" or "Traceparent" or "traceparent";
}

/// <summary>Set when what came back is no answer of the owner.</summary>
internal sealed record FaultFeature(UpstreamFault Fault);
