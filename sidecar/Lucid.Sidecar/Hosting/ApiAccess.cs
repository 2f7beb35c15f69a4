using System.Collections.Frozen;
using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.Hosting;

/// <summary><c>spec.api.allowed</c> and <c>denied</c>: which parts of the API a sidecar offers. Lists hold per protocol, denials first.</summary>
internal sealed class ApiAccess(ConfigurationResource configuration)
{
    private const string DaprService = "/dapr.proto.runtime.v1.Dapr/";

    private static readonly string[] WorkflowVerbs = ["Start", "Get", "Terminate", "RaiseEvent", "Purge", "Pause", "Resume"];

    // Route prefix → version of the group.
    private static readonly FrozenDictionary<string, string> GroupVersions = new Dictionary<string, string>
    {
        ["v1.0"] = "v1", ["v1.0-alpha1"] = "v1alpha1", ["v1.0-alpha2"] = "v1alpha2", ["v1.0-beta1"] = "v1beta1",
    }.ToFrozenDictionary();

    private readonly HashSet<string> httpAllowed = HttpRules(configuration.ApiAllowed);
    private readonly HashSet<string> httpDenied = HttpRules(configuration.ApiDenied);
    private readonly HashSet<string> grpcAllowed = GrpcRules(configuration.ApiAllowed);
    private readonly HashSet<string> grpcDenied = GrpcRules(configuration.ApiDenied);

    /// <param name="pattern">Route pattern with or without slash in front, for example <c>/v1.0/state/{store}</c>.</param>
    public bool AllowsHttp(string pattern)
    {
        var route = pattern.TrimStart('/');
        var parts = route.Split('/', 3);
        if (parts.Length < 2 || parts[1] == "healthz" || !GroupVersions.TryGetValue(parts[0], out var version))
        {
            return true;
        }

        var group = $"{version}/{parts[1]}";
        return !Matches(httpDenied, group, route) && (httpAllowed.Count == 0 || Matches(httpAllowed, group, route));
    }

    /// <param name="path">Full method name; only the runtime's own services are subject to the lists.</param>
    public bool AllowsGrpc(string path) =>
        !path.StartsWith("/dapr.proto.runtime.", StringComparison.Ordinal)
        || (!grpcDenied.Contains(path) && (grpcAllowed.Count == 0 || grpcAllowed.Contains(path)));

    private static bool Matches(HashSet<string> rules, string group, string route) =>
        rules.Contains(group) || rules.Any(rule => route.StartsWith(rule, StringComparison.Ordinal));

    private static HashSet<string> HttpRules(IReadOnlyList<ApiRule> rules) =>
        rules.Where(rule => rule.Protocol == "http").Select(rule => $"{rule.Version}/{rule.Name}").ToHashSet(StringComparer.Ordinal);

    private static HashSet<string> GrpcRules(IReadOnlyList<ApiRule> rules) =>
        rules.Where(rule => rule.Protocol == "grpc")
            .SelectMany(rule => GrpcMethods.GetValueOrDefault($"{rule.Name}.{rule.Version}", []))
            .Select(method => DaprService + method)
            .ToHashSet(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string[]> GrpcMethods = new Dictionary<string, string[]>
    {
        ["invoke.v1"] = ["InvokeService"],
        ["state.v1"] = ["GetState", "GetBulkState", "SaveState", "DeleteState", "DeleteBulkState", "ExecuteStateTransaction"],
        ["state.v1alpha1"] = ["QueryStateAlpha1"],
        ["publish.v1"] = ["PublishEvent", "BulkPublishEvent"],
        ["publish.v1alpha1"] = ["BulkPublishEventAlpha1"],
        ["bindings.v1"] = ["InvokeBinding"],
        ["secrets.v1"] = ["GetSecret", "GetBulkSecret"],
        ["actors.v1"] =
        [
            "RegisterActorTimer", "UnregisterActorTimer", "RegisterActorReminder", "GetActorReminder", "UnregisterActorReminder",
            "UnregisterActorRemindersByType", "ListActorReminders", "GetActorState", "ExecuteActorStateTransaction", "InvokeActor",
        ],
        ["actors.v1alpha1"] = ["SubscribeActorEventsAlpha1"],
        ["metadata.v1"] = ["GetMetadata", "SetMetadata"],
        ["configuration.v1alpha1"] = ["GetConfigurationAlpha1", "SubscribeConfigurationAlpha1", "UnsubscribeConfigurationAlpha1"],
        ["configuration.v1"] = ["GetConfiguration", "SubscribeConfiguration", "UnsubscribeConfiguration"],
        ["lock.v1alpha1"] = ["TryLockAlpha1"],
        ["unlock.v1alpha1"] = ["UnlockAlpha1"],
        ["subtlecrypto.v1alpha1"] =
        [
            "SubtleGetKeyAlpha1", "SubtleEncryptAlpha1", "SubtleDecryptAlpha1", "SubtleSignAlpha1", "SubtleVerifyAlpha1", "SubtleWrapKeyAlpha1", "SubtleUnwrapKeyAlpha1",
        ],
        ["crypto.v1alpha1"] = ["EncryptAlpha1", "DecryptAlpha1"],
        ["workflows.v1alpha1"] = [.. Workflow("Alpha1")],
        ["workflows.v1beta1"] = [.. Workflow("Beta1")],
        ["jobs.v1alpha1"] = ["ScheduleJobAlpha1", "DeleteJobAlpha1", "GetJobAlpha1", "DeleteJobsByPrefixAlpha1", "ListJobsAlpha1"],
        ["jobs.v1"] = ["ScheduleJob", "DeleteJob", "GetJob", "DeleteJobsByPrefix", "ListJobs"],
        ["shutdown.v1"] = ["Shutdown"],
        ["subscribe.v1alpha1"] = ["SubscribeTopicEventsAlpha1"],
        ["conversation.v1alpha1"] = ["ConverseAlpha1"],
        ["conversation.v1alpha2"] = ["ConverseAlpha2"],
    }.ToFrozenDictionary();

    private static IEnumerable<string> Workflow(string version) =>
        WorkflowVerbs.Select(verb => $"{verb}Workflow{version}");
}
