using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.Invocation;

/// <summary>Which level of the configuration decided; counted in the metrics.</summary>
internal enum AccessLevel { None, Global, App }

internal readonly record struct AccessDecision(bool Allowed, AccessLevel Level);

/// <summary>
/// Access control of a callee, decided as daprd 1.18 decides (contract §3.2): policies are found by app id and namespace,
/// anything that does not fit falls back to the global action, and only the word "allow" lets a call through.
/// </summary>
internal sealed class AccessControlList
{
    public const string DefaultTrustDomain = "public";
    private const string Allow = "allow";
    private const string Deny = "deny";

    private readonly string defaultAction;
    private readonly Dictionary<(string AppId, string Namespace), Policy> policies = [];

    private AccessControlList(string defaultAction) => this.defaultAction = defaultAction;

    /// <summary>Null when the specification says nothing, which allows everything.</summary>
    /// <param name="appIsHttp">HTTP apps compare operations without case.</param>
    /// <exception cref="ResourceException">A policy lacks app id, trust domain or namespace.</exception>
    public static AccessControlList? Build(AccessControlSpec? specification, bool appIsHttp)
    {
        if (specification is null
            || (Missing(specification.TrustDomain) && Missing(specification.DefaultAction) && specification.Policies.Count == 0))
        {
            return null;
        }

        var list = new AccessControlList(Missing(specification.DefaultAction) ? Deny : specification.DefaultAction!);
        foreach (var policy in specification.Policies)
        {
            var missing = Missing(policy.AppId) ? "appId" : Missing(policy.TrustDomain) ? "trustDomain" : Missing(policy.Namespace) ? "namespace" : null;
            if (missing is not null)
            {
                throw new ResourceException(policy.Location, $"spec.accessControl.policies: {missing} of the policy for '{policy.AppId}' is missing; appId, trustDomain and namespace are all required");
            }

            var operations = new OperationTrie();
            foreach (var operation in policy.Operations)
            {
                var name = operation.Name.StartsWith('/') ? operation.Name : "/" + operation.Name;
                var action = operation.Action ?? "";
                var verbs = new Dictionary<string, string>(StringComparer.Ordinal);
                foreach (var verb in operation.HttpVerbs)
                {
                    verbs[verb] = action;
                }

                operations.Add(appIsHttp ? name.ToLowerInvariant() : name, new OperationRule(verbs, action));
            }

            list.policies[(policy.AppId!, policy.Namespace!)] = new Policy(policy.TrustDomain!, policy.DefaultAction ?? "", operations);
        }

        return list;
    }

    /// <param name="caller">Null: nobody proved who calls.</param>
    /// <param name="operation">Normalised path, or the full gRPC method name.</param>
    /// <param name="verb">Upper case; ignored for gRPC.</param>
    /// <param name="isHttp">False for a proxied gRPC call.</param>
    public AccessDecision Decide(CallerIdentity? caller, string operation, string verb, bool isHttp)
    {
        if (caller is null
            || caller.AppId.Length == 0
            || !policies.TryGetValue((caller.AppId, caller.Namespace), out var policy)
            || policy.TrustDomain != caller.TrustDomain)
        {
            return Decision(defaultAction, AccessLevel.Global);
        }

        var action = defaultAction;
        var level = AccessLevel.Global;
        if (policy.DefaultAction.Length > 0)
        {
            action = policy.DefaultAction;
            level = AccessLevel.App;
        }

        var name = operation.StartsWith('/') ? operation : "/" + operation;
        var rule = policy.Operations.Find(isHttp ? name.ToLowerInvariant() : name);
        if (rule is not null)
        {
            if (!isHttp)
            {
                action = rule.Action;
            }
            else if (rule.VerbActions.TryGetValue(verb, out var verbAction) || rule.VerbActions.TryGetValue("*", out verbAction))
            {
                action = verbAction;
            }
        }

        return Decision(action, level);
    }

    private static AccessDecision Decision(string action, AccessLevel level) =>
        new(string.Equals(action, Allow, StringComparison.OrdinalIgnoreCase), level);

    private static bool Missing(string? value) => string.IsNullOrEmpty(value);

    private sealed record Policy(string TrustDomain, string DefaultAction, OperationTrie Operations);
}
