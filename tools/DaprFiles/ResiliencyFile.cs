using System.Text;
using Lucid.Contracts.Services;

namespace Lucid.DaprFiles;

/// <summary>
/// dapr/resiliency.yaml. Every app is a target with a timeout and no retry: a target's existence switches off the runtime's own
/// three retries, which would also repeat a buffered POST. No breaker here: the runtime counts every answer outside 200–399 as a
/// failure, so a handful of refusals provoked by anybody would close an app to everybody; the gateway's breaker counts only
/// connection errors, time-outs and 5xx. Inbound messages are retried, then dead-lettered.
/// </summary>
internal static class ResiliencyFile
{
    public static string Render()
    {
        var yaml = new StringBuilder("""
            apiVersion: dapr.io/v1alpha1
            kind: Resiliency
            metadata:
              name: lucid
            spec:
              policies:
                timeouts:
                  call: 60s
                  stream: 6h
                  delivery: 30s
                retries:
                  delivery:
                    policy: exponential
                    maxInterval: 20s
                    maxRetries: 8
              targets:
                apps:

            """);
        foreach (var name in ServiceTable.All.SelectMany(Spellings))
        {
            // A timeout covers the whole exchange, so whoever answers with a stream (a bundle of 100 GiB) has a long one.
            var timeout = name is AppIds.SessionApi or AppIds.SessionStorage ? "stream" : "call";
            yaml.Append($"      {name}: {{ timeout: {timeout} }}\n");
        }

        yaml.Append("    components:\n");
        foreach (var component in (string[])[ComponentNames.PubSub, ComponentNames.WalletPubSub])
        {
            yaml.Append($"      {component}:\n        inbound: {{ timeout: delivery, retry: delivery }}\n");
        }

        return yaml.ToString();
    }

    /// <summary>Callers of the other namespace address an app as <c>id.namespace</c>, and a target is found by the spelling used.</summary>
    private static IEnumerable<string> Spellings(ServiceDescription service)
    {
        yield return service.AppId;
        if (service.AppId is AppIds.PaymentGateway or AppIds.AuthService)
        {
            yield return $"{service.AppId}.{service.Namespace}";
        }
    }
}
