using System.Text;
using Lucid.Contracts.Access;
using Lucid.Contracts.Services;

namespace Lucid.DaprFiles;

/// <summary>dapr/config/&lt;app-id&gt;.yaml: access control, secret scopes, API lists, tracing.</summary>
internal static class AppConfiguration
{
    private static readonly string[] NeverOffered = ["workflows", "shutdown", "bindings", "jobs", "conversation"];

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
        foreach (var api in service.HostsActors ? NeverOffered : ["actors", .. NeverOffered])
        {
            foreach (var protocol in (string[])["http", "grpc"])
            {
                yaml.Append($"      - {{ name: {api}, version: v1.0, protocol: {protocol} }}\n");
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
