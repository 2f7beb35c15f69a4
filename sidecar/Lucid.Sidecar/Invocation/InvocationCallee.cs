using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;
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
    public InvocationCallee(SidecarOptions options, ConfigurationResource configuration, AppChannel app, IMetricFactory metrics)
    {
        Id = new InvocationTarget(options.AppId, options.Namespace);
        App = app;
        MaxBodySize = options.MaxBodySize;
        accessControl = AccessControlList.Build(configuration.AccessControl, app.IsHttp);
        decisions = new()
        {
            [(AccessLevel.App, true)] = Decisions("app_policy_action_allowed"),
            [(AccessLevel.App, false)] = Decisions("app_policy_action_blocked"),
            [(AccessLevel.Global, true)] = Decisions("global_policy_action_allowed"),
            [(AccessLevel.Global, false)] = Decisions("global_policy_action_blocked"),
        };
        received = metrics.CreateCounter("dapr_runtime_service_invocation_req_recv_total", "Requests received via service invocation.", ["app_id", "src_app_id", "type"]);
        answered = metrics.CreateCounter("dapr_runtime_service_invocation_res_sent_total", "Responses sent via service invocation.", ["app_id", "dst_app_id", "status", "type"]);

        Counter Decisions(string name) =>
            metrics.CreateCounter($"dapr_runtime_acl_{name}_total", "Access control decisions.", ["app_id", "trustDomain", "namespace"]);
    }

    public InvocationTarget Id { get; }
    public AppChannel App { get; }
    public long MaxBodySize { get; }

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

    public void CountRequest(string caller, string type) => received.WithLabels(Id.AppId, caller, type).Inc();

    public void CountAnswer(string caller, int status, string type) =>
        answered.WithLabels(Id.AppId, caller, status.ToString(System.Globalization.CultureInfo.InvariantCulture), type).Inc();
}
