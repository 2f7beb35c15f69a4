using System.Diagnostics;
using System.Globalization;
using Lucid.Sidecar.Resources;
using Prometheus;

namespace Lucid.Sidecar.Hosting;

/// <summary>daprd's metrics of the API as servers see it.</summary>
internal sealed class HttpServerMetrics
{
    private readonly string appId;
    private readonly bool byPath;
    private readonly Counter requests;
    private readonly Counter responses;
    private readonly Histogram latency;
    private readonly Histogram requestBytes;
    private readonly Counter grpcCompleted;
    private readonly Histogram grpcLatency;

    public HttpServerMetrics(string appId, MetricsSpec specification, IMetricFactory metrics)
    {
        this.appId = appId;
        byPath = specification.HighCardinality;
        string[] labels = byPath ? ["app_id", "method", "status", "path"] : ["app_id", "method", "status"];
        requests = metrics.CreateCounter("dapr_http_server_request_count", "Requests started in the HTTP API.", labels);
        responses = metrics.CreateCounter("dapr_http_server_response_count", "Responses of the HTTP API.", labels);
        latency = metrics.CreateHistogram("dapr_http_server_latency", "Latency of the HTTP API in milliseconds.", LatencyBuckets.Labelled(labels));
        requestBytes = metrics.CreateHistogram("dapr_http_server_request_bytes", "Bodies received by the HTTP API.", LatencyBuckets.Sizes("app_id"));
        grpcCompleted = metrics.CreateCounter("dapr_grpc_io_server_completed_rpcs", "Completed calls of the gRPC API.", ["app_id", "grpc_server_method", "grpc_server_status"]);
        grpcLatency = metrics.CreateHistogram("dapr_grpc_io_server_server_latency", "Latency of the gRPC API in milliseconds.", LatencyBuckets.Labelled("app_id", "grpc_server_method", "grpc_server_status"));
    }

    public void CountHttp(HttpContext context, string path, long started)
    {
        var status = context.Response.StatusCode.ToString(CultureInfo.InvariantCulture);
        string[] labels = byPath ? [appId, context.Request.Method, status, path] : [appId, context.Request.Method, status];
        requests.WithLabels(labels).Inc();
        responses.WithLabels(labels).Inc();
        latency.WithLabels(labels).Observe(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        if (context.Request.ContentLength is { } length)
        {
            requestBytes.WithLabels(appId).Observe(length);
        }
    }

    public void CountGrpc(HttpContext context, string path, long started)
    {
        var trailers = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseTrailersFeature>()?.Trailers;
        var text = trailers?.TryGetValue("grpc-status", out var value) == true ? value.ToString() : context.Response.Headers["grpc-status"].ToString();
        var status = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? ((global::Grpc.Core.StatusCode)code).ToString() : "Unknown";
        grpcCompleted.WithLabels(appId, path, status).Inc();
        grpcLatency.WithLabels(appId, path, status).Observe(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }
}
