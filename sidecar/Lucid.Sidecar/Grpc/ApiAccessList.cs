using System.Collections.Frozen;
using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.Grpc;

/// <summary>
/// <c>spec.api</c> for gRPC: which methods of the Dapr service may be called. Groups and versions are daprd's; a method that
/// belongs to no group can only be reached while there is no allow list.
/// </summary>
internal sealed class ApiAccessList
{
    private static readonly FrozenDictionary<string, string[]> Groups = new Dictionary<string, string[]>
    {
        ["invoke.v1"] = ["InvokeService"],
        ["state.v1"] = ["GetState", "GetBulkState", "SaveState", "DeleteState", "DeleteBulkState", "ExecuteStateTransaction"],
        ["state.v1alpha1"] = ["QueryStateAlpha1"],
        ["publish.v1"] = ["PublishEvent", "BulkPublishEvent"],
        ["publish.v1alpha1"] = ["BulkPublishEventAlpha1"],
        ["subscribe.v1alpha1"] = ["SubscribeTopicEventsAlpha1"],
        ["bindings.v1"] = ["InvokeBinding"],
        ["secrets.v1"] = ["GetSecret", "GetBulkSecret"],
        ["actors.v1"] =
        [
            "RegisterActorTimer", "UnregisterActorTimer", "RegisterActorReminder", "GetActorReminder", "UnregisterActorReminder",
            "UnregisterActorRemindersByType", "ListActorReminders", "GetActorState", "ExecuteActorStateTransaction", "InvokeActor",
        ],
        ["actors.v1alpha1"] = ["SubscribeActorEventsAlpha1"],
        ["metadata.v1"] = ["GetMetadata", "SetMetadata"],
        ["configuration.v1"] = ["GetConfiguration", "SubscribeConfiguration", "UnsubscribeConfiguration"],
        ["configuration.v1alpha1"] = ["GetConfigurationAlpha1", "SubscribeConfigurationAlpha1", "UnsubscribeConfigurationAlpha1"],
        ["lock.v1alpha1"] = ["TryLockAlpha1"],
        ["unlock.v1alpha1"] = ["UnlockAlpha1"],
        ["crypto.v1alpha1"] = ["EncryptAlpha1", "DecryptAlpha1"],
        ["subtlecrypto.v1alpha1"] =
        [
            "SubtleGetKeyAlpha1", "SubtleEncryptAlpha1", "SubtleDecryptAlpha1", "SubtleSignAlpha1", "SubtleVerifyAlpha1",
            "SubtleWrapKeyAlpha1", "SubtleUnwrapKeyAlpha1",
        ],
        ["workflows.v1alpha1"] = Workflows("Alpha1"),
        ["workflows.v1beta1"] = Workflows("Beta1"),
        ["jobs.v1"] = ["ScheduleJob", "DeleteJob", "GetJob", "DeleteJobsByPrefix", "ListJobs"],
        ["jobs.v1alpha1"] = ["ScheduleJobAlpha1", "DeleteJobAlpha1", "GetJobAlpha1", "DeleteJobsByPrefixAlpha1", "ListJobsAlpha1"],
        ["shutdown.v1"] = ["Shutdown"],
        ["conversation.v1alpha1"] = ["ConverseAlpha1"],
        ["conversation.v1alpha2"] = ["ConverseAlpha2"],
    }.ToFrozenDictionary();

    private readonly FrozenSet<string>? allowed;
    private readonly FrozenSet<string> denied;

    private ApiAccessList(FrozenSet<string>? allowed, FrozenSet<string> denied, IReadOnlyList<string> warnings)
    {
        this.allowed = allowed;
        this.denied = denied;
        Warnings = warnings;
    }

    /// <summary>Rules that daprd would not match; each sentence names the rule.</summary>
    public IReadOnlyList<string> Warnings { get; }

    public static ApiAccessList Of(ConfigurationResource configuration)
    {
        List<string> warnings = [];
        return new ApiAccessList(
            configuration.ApiAllowed.Any(IsGrpc) ? Methods(configuration.ApiAllowed, "allowed", warnings) : null,
            Methods(configuration.ApiDenied, "denied", warnings),
            warnings);
    }

    public bool Allows(string method) => !denied.Contains(method) && (allowed is null || allowed.Contains(method));

    private static FrozenSet<string> Methods(IReadOnlyList<ApiRule> rules, string list, List<string> warnings)
    {
        HashSet<string> methods = [];
        foreach (var rule in rules.Where(IsGrpc))
        {
            var key = $"{rule.Name}.{rule.Version}";
            if (!Groups.TryGetValue(key, out var members))
            {
                // The HTTP spelling of the version. daprd does not match it for gRPC; here it counts, so that what is meant to be shut is shut.
                var meant = $"{rule.Name}.{rule.Version.Replace("v1.0", "v1", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal)}";
                var known = Groups.TryGetValue(meant, out members);
                warnings.Add(known
                    ? $"spec.api.{list}: daprd ignores {rule.Name} {rule.Version} for grpc; write {meant[(rule.Name.Length + 1)..]}"
                    : $"spec.api.{list}: there is no API {rule.Name} {rule.Version} for grpc; known: {string.Join(", ", Groups.Keys.Order(StringComparer.Ordinal))}");
            }

            methods.UnionWith(members ?? []);
        }

        return methods.ToFrozenSet();
    }

    private static bool IsGrpc(ApiRule rule) => rule.Protocol == "grpc";

    private static string[] Workflows(string version) =>
    [
        "StartWorkflow" + version, "GetWorkflow" + version, "TerminateWorkflow" + version, "RaiseEventWorkflow" + version,
        "PurgeWorkflow" + version, "PauseWorkflow" + version, "ResumeWorkflow" + version,
    ];
}
