using System.Diagnostics;
using System.Globalization;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.Telemetry;
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
    private readonly Histogram responseBytes;
    private readonly Counter grpcCompleted;
    private readonly Histogram grpcLatency;
    private readonly ErrorCodeMetrics errors;

    public HttpServerMetrics(string appId, MetricsSpec specification, IMetricFactory metrics)
    {
        this.appId = appId;
        byPath = specification.HighCardinality;
        string[] labels = byPath ? [.. DaprMetrics.HttpServerRequests.Labels, "path"] : DaprMetrics.HttpServerRequests.Labels;
        requests = (DaprMetrics.HttpServerRequests with { Labels = labels }).In(metrics);
        responses = (DaprMetrics.HttpServerResponses with { Labels = labels }).In(metrics);
        latency = (DaprMetrics.HttpServerLatency with { Labels = labels }).In(metrics);
        requestBytes = DaprMetrics.HttpServerRequestBytes.In(metrics);
        responseBytes = DaprMetrics.HttpServerResponseBytes.In(metrics);
        grpcCompleted = DaprMetrics.GrpcServerCompleted.In(metrics);
        grpcLatency = DaprMetrics.GrpcServerLatency.In(metrics);
        errors = new ErrorCodeMetrics(metrics, appId, specification);
    }

    public void CountHttp(HttpContext context, string path, long started, long written)
    {
        var status = context.Response.StatusCode.ToString(CultureInfo.InvariantCulture);
        string[] labels = byPath ? [appId, context.Request.Method, status, path] : [appId, context.Request.Method, status];
        requests.WithLabels(labels).Inc();
        responses.WithLabels(labels).Inc();
        latency.WithLabels(labels).Observe(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        responseBytes.WithLabels(appId).Observe(written);
        if (context.Request.ContentLength is { } length)
        {
            requestBytes.WithLabels(appId).Observe(length);
        }
    }

    public void CountGrpc(HttpContext context, string path, long started)
    {
        var status = GrpcStatus.Of(context.Response);
        grpcCompleted.WithLabels(appId, path, status.ToString()).Inc();
        grpcLatency.WithLabels(appId, path, status.ToString()).Observe(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    public void CountError(DaprError error) => errors.Count(error);
}
