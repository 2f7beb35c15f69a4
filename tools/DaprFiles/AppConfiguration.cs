using System.Text;
using Lucid.Contracts.Access;
using Lucid.Contracts.Services;

namespace Lucid.DaprFiles;

/// <summary>dapr/config/&lt;app-id&gt;.yaml: access control, secret scopes, API lists, tracing.</summary>
internal static class AppConfiguration
{
    /// <summary>APIs no app is offered, with the versions each protocol has. A rule of another version would match nothing.</summary>
    private static readonly (string Name, string[] Http, string[] Grpc)[] NeverOffered =
    [
        ("workflows", ["v1.0", "v1.0-beta1", "v1.0-alpha1"], ["v1", "v1beta1", "v1alpha1"]),
        ("shutdown", ["v1.0"], ["v1"]),
        ("bindings", ["v1.0"], ["v1"]),
        ("jobs", ["v1.0", "v1.0-alpha1"], ["v1", "v1alpha1"]),
        ("conversation", ["v1.0-alpha1", "v1.0-alpha2"], ["v1alpha1", "v1alpha2"]),
    ];

    private static readonly (string Name, string[] Http, string[] Grpc) Actors = ("actors", ["v1.0"], ["v1"]);

    /// <param name="withAccessControl">False for the Dapr CLI, which starts no certificate authority: a deny would block everyone.</param>
    public static string Render(ServiceDescription service, bool withAccessControl)
    {
        var yaml = new StringBuilder()
            .Append("apiVersion: dapr.io/v1alpha1\nkind: Configuration\n")
            .Append($"metadata:\n  name: {service.AppId}\nspec:\n")
            .Append("  tracing:\n    samplingRate: \"0.1\"\n")
            .Append("  metrics:\n    enabled: true\n");
        AppendApi(yaml, service);
        AppendSecrets(yaml, service);
        if (withAccessControl)
        {
            AppendAccessControl(yaml, service);
        }

        return yaml.ToString();
    }

    private static void AppendApi(StringBuilder yaml, ServiceDescription service)
    {
        yaml.Append("  api:\n    denied:\n");
        foreach (var (name, http, grpc) in service.HostsActors ? NeverOffered : [Actors, .. NeverOffered])
        {
            foreach (var (protocol, versions) in new[] { ("http", http), ("grpc", grpc) })
            {
                foreach (var version in versions)
                {
                    yaml.Append($"      - {{ name: {name}, version: {version}, protocol: {protocol} }}\n");
                }
            }
        }
    }

    private static void AppendSecrets(StringBuilder yaml, ServiceDescription service)
    {
        yaml.Append("  secrets:\n    scopes:\n");
        foreach (var store in (string[])[ComponentNames.Secrets, ComponentNames.WalletSecrets])
        {
            var allowed = SecretTable.All.Where(rule => rule.Store == store && rule.Readers.Contains(service.AppId)).Select(rule => rule.Name).ToList();
            yaml.Append($"      - storeName: {store}\n        defaultAccess: deny\n");
            if (allowed.Count > 0)
            {
                yaml.Append($"        allowedSecrets: [{string.Join(", ", allowed)}]\n");
            }
        }
    }

    private static void AppendAccessControl(StringBuilder yaml, ServiceDescription service)
    {
        yaml.Append("  accessControl:\n    defaultAction: deny\n").Append($"    trustDomain: {Namespaces.TrustDomain}\n");
        var callers = AllowMatrix.For(service.AppId).Select(rule => rule.Caller).Distinct().Order(StringComparer.Ordinal).ToList();
        if (callers.Count == 0)
        {
            // A list of policies that nobody matches: the default decides, and it is deny.
            yaml.Append("    policies: []\n");
            return;
        }

        yaml.Append("    policies:\n");
        foreach (var caller in callers)
        {
            yaml.Append($"      - appId: {caller}\n")
                .Append($"        trustDomain: {Namespaces.TrustDomain}\n")
                .Append($"        namespace: {ServiceTable.Get(caller).Namespace}\n")
                .Append("        defaultAction: deny\n        operations:\n");
            foreach (var operation in SidecarPolicy.Operations(caller, service.AppId))
            {
                yaml.Append($"          - {{ name: {operation.Name}, httpVerb: [{string.Join(", ", operation.Verbs)}], action: allow }}\n");
            }
        }
    }
}
