using Dapr.Client;

namespace Lucid.ServiceDefaults;

/// <summary>Secrets of the service's own secret store, through the sidecar; for reading at start.</summary>
public sealed class SecretReader(DaprClient dapr, ServiceRuntime runtime)
{
    /// <summary>A secret of <see cref="SecretTable"/>. Waits until the sidecar answers.</summary>
    /// <exception cref="LucidConfigurationException">The store has no such secret, or does not give it to this app.</exception>
    public async Task<string> ReadAsync(string name, CancellationToken cancellationToken)
    {
        await dapr.WaitForSidecarAsync(cancellationToken).ConfigureAwait(false);
        var store = SecretTable.All.First(rule => rule.Name == name).Store;
        try
        {
            var secret = await dapr.GetSecretAsync(store, name, cancellationToken: cancellationToken).ConfigureAwait(false);
            return secret.TryGetValue(name, out var value) && value.Length > 0
                ? value
                : throw new LucidConfigurationException(runtime.AppId, [$"Secret '{name}' of store '{store}' is empty; run ./lucid setup or set it."]);
        }
        catch (Dapr.DaprException)
        {
            throw new LucidConfigurationException(runtime.AppId, [$"Secret '{name}' of store '{store}' cannot be read by {runtime.AppId}; run ./lucid setup, or check the store and its scopes."]);
        }
    }
}
