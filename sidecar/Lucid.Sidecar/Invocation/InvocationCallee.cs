using System.Diagnostics;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.Telemetry;
using Prometheus;

namespace Lucid.Sidecar.Invocation;

/// <summary>An app as others in the process call it: its access control, its channel, its limits.</summary>
internal sealed class InvocationCallee
{
    private readonly AccessControlList? accessControl;
    private readonly Dictionary<(AccessLevel, bool), Counter> decisions;
    private readonly Counter received;
    private readonly Counter answered;

    /// <exception cref="ResourceException">The access control specification cannot be used.</exception>
    public InvocationCallee(SidecarContext context, AppChannel app)
    {
        var (options, metrics) = (context.Options, context.Metrics);
        Tracer = context.Tracer;
        GrpcMetrics = new GrpcClientMetrics(metrics, options.AppId);
        Id = new InvocationTarget(options.AppId, options.Namespace);
        App = app;
        MaxBodySize = options.MaxBodySize;
        accessControl = AccessControlList.Build(context.Resources.Configuration.AccessControl, app.IsHttp);
        decisions = new()
        {
            [(AccessLevel.App, true)] = DaprMetrics.AppPolicyAllowed.In(metrics),
            [(AccessLevel.App, false)] = DaprMetrics.AppPolicyBlocked.In(metrics),
            [(AccessLevel.Global, true)] = DaprMetrics.GlobalPolicyAllowed.In(metrics),
            [(AccessLevel.Global, false)] = DaprMetrics.GlobalPolicyBlocked.In(metrics),
        };
        received = DaprMetrics.InvocationReceived.In(metrics);
        answered = DaprMetrics.InvocationAnswered.In(metrics);
    }

    public InvocationTarget Id { get; }
    public AppChannel App { get; }
    public long MaxBodySize { get; }
    public SidecarTracer Tracer { get; }

    /// <summary>Of proxied calls.</summary>
    public GrpcClientMetrics GrpcMetrics { get; }

    /// <summary>Decides and counts. Without a list everything is allowed and nothing counted.</summary>
    public bool Allows(CallerIdentity? caller, string operation, string verb, bool isHttp)
    {
        if (accessControl is null)
        {
            return true;
        }

        var decision = accessControl.Decide(caller, operation, verb, isHttp);
        decisions[(decision.Level, decision.Allowed)].WithLabels(caller?.AppId ?? "", caller?.TrustDomain ?? "", caller?.Namespace ?? "").Inc();
        return decision.Allowed;
    }

    /// <summary>The callee's span of a call, which the request carries on; null when it is not recorded.</summary>
    public Activity? StartSpan(HttpRequestMessage request, string method)
    {
        if (!Tracer.Exports || Tracer.Start(request, ActivityKind.Server, SpanNames.CallLocal(Id.AppId, method)) is not { } span)
        {
            return null;
        }

        SpanAttributes.OfCallee(span, method);
        return span;
    }

    public void CountRequest(string caller, string type) => received.WithLabels(Id.AppId, caller, type).Inc();

    public void CountAnswer(string caller, int status, string type) =>
        answered.WithLabels(Id.AppId, caller, status.ToString(System.Globalization.CultureInfo.InvariantCulture), type).Inc();
}
