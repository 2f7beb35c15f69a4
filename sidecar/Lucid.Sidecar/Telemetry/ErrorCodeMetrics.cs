using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;
using Prometheus;

namespace Lucid.Sidecar.Telemetry;

/// <summary>Errors answered, by code and daprd's category; only with <c>spec.metrics.recordErrorCodes</c>.</summary>
internal sealed class ErrorCodeMetrics(IMetricFactory metrics, string appId, MetricsSpec specification)
{
    private static readonly (string Part, string Category)[] Categories =
    [
        ("_ACTOR_", "actor"), ("_STATE_", "state"), ("_PUBSUB_", "pubsub"), ("_TOPIC_", "pubsub"), ("_SECRET", "secret"), ("_DIRECT_INVOKE", "service-invocation"),
        ("_HEALTH_", "health"), ("_CONFIGURATION_", "configuration"), ("LOCK", "lock"),
    ];

    private readonly Counter? errors = specification.RecordErrorCodes ? DaprMetrics.ErrorCodes.In(metrics) : null;

    public void Count(DaprError error) => errors?.WithLabels(appId, CategoryOf(error.Code), error.Code).Inc();

    public static string CategoryOf(string code) =>
        Array.Find(Categories, known => code.Contains(known.Part, StringComparison.Ordinal)).Category ?? "common";
}
