using System.Globalization;
using Prometheus;

namespace Lucid.ServiceDefaults.Metrics;

/// <summary>The metric names the panels depend on (operations §11). <c>endpoint</c> is the route template, never a path.</summary>
internal sealed class HttpMetrics
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    private readonly string _service;
    private readonly Counter _requests;
    private readonly Histogram _duration;
    private readonly Gauge _dependencyUp;

    public HttpMetrics(IMetricFactory factory, ServiceRuntime runtime)
    {
        _service = runtime.ServiceName;
        _requests = factory.CreateCounter("http_requests_total", "Requests answered.", ["service", "method", "endpoint", "status"]);
        _duration = factory.CreateHistogram(
            "http_request_duration_seconds",
            "From the first byte to the end of the answer.",
            ["service", "endpoint"],
            new HistogramConfiguration { Buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _dependencyUp = factory.CreateGauge("dependency_up", "1 when the dependency was usable at the last check.", ["service", "dependency"]);
    }

    public void Observe(IEnumerable<(IDependencyCheck Check, bool Up)> states)
    {
        foreach (var (check, up) in states)
        {
            _dependencyUp.WithLabels(_service, check.Name).Set(up ? 1 : 0);
        }
    }

    public void Observe(HttpContext context, TimeSpan elapsed)
    {
        var endpoint = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText is { } template ? "/" + template.TrimStart('/') : "unmatched";
        var method = Methods.Contains(context.Request.Method) ? context.Request.Method : "other";
        _requests.WithLabels(_service, method, endpoint, context.Response.StatusCode.ToString(CultureInfo.InvariantCulture)).Inc();
        _duration.WithLabels(_service, endpoint).Observe(elapsed.TotalSeconds);
    }
}
