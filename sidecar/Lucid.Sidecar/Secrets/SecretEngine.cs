using Lucid.Sidecar.Components;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Secrets;

/// <summary>The secrets building block of one app. Every method throws <see cref="DaprApiException"/> for what daprd answers with an error.</summary>
public sealed class SecretEngine
{
    private readonly SidecarContext context;
    private readonly IReadOnlyDictionary<string, LoadedComponent<ISecretStore>> stores;
    private readonly Dictionary<string, SecretScope> scopes;
    private readonly OperationMetrics metrics;

    /// <exception cref="ResourceException">Two scopes name the same store.</exception>
    public SecretEngine(SidecarContext context, IReadOnlyDictionary<string, LoadedComponent<ISecretStore>> stores)
    {
        this.context = context;
        this.stores = stores;
        scopes = [];
        foreach (var scope in context.Resources.Configuration.SecretScopes)
        {
            if (!scopes.TryAdd(scope.StoreName.Trim(), scope))
            {
                throw new ResourceException(
                    context.Resources.Configuration.Location, $"spec.secrets.scopes: the store {scope.StoreName} is named twice");
            }
        }

        metrics = new OperationMetrics(context, "secret");
    }

    /// <summary>The secret's values by name; a store without the secret is an error.</summary>
    public async Task<IReadOnlyDictionary<string, string>> GetAsync(string store, string secret, CancellationToken cancellationToken)
    {
        var component = Find(store);
        if (!SecretAccess.Allows(scopes.GetValueOrDefault(store), secret))
        {
            throw SecretErrors.Denied(store, secret);
        }

        var values = await MeasureAsync(
            component,
            "get",
            token => component.Instance.GetAsync(secret, token).AsTask(),
            failure => SecretErrors.Get(store, secret, failure.Message, failure),
            cancellationToken).ConfigureAwait(false);
        return values ?? throw SecretErrors.Get(store, secret, $"secret {secret} not found");
    }

    /// <summary>All secrets the app may see; the others are left out without a word.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> GetAllAsync(string store, CancellationToken cancellationToken)
    {
        var component = Find(store);
        var scope = scopes.GetValueOrDefault(store);
        var all = await MeasureAsync(
            component,
            "bulk_get",
            token => component.Instance.GetAllAsync(token).AsTask(),
            failure => SecretErrors.BulkGet(store, failure),
            cancellationToken).ConfigureAwait(false);
        return all.Where(secret => SecretAccess.Allows(scope, secret.Key)).ToDictionary();
    }

    private LoadedComponent<ISecretStore> Find(string store)
    {
        if (stores.TryGetValue(store, out var component))
        {
            return component;
        }

        throw stores.Count == 0 ? SecretErrors.NotConfigured() : SecretErrors.NotFound(store);
    }

    private async Task<T> MeasureAsync<T>(
        LoadedComponent<ISecretStore> component,
        string operation,
        Func<CancellationToken, Task<T>> attempt,
        Func<Exception, DaprApiException> refuse,
        CancellationToken cancellationToken)
    {
        var started = context.Time.GetTimestamp();
        var succeeded = false;
        try
        {
            var result = await context.Resiliency.ForComponentOutbound(component.Name)
                .ExecuteAsync(attempt, _ => AttemptOutcome.Success, cancellationToken).ConfigureAwait(false);
            succeeded = true;
            return result;
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw refuse(failure);
        }
        finally
        {
            metrics.Record(component.Name, operation, succeeded, context.Time.GetElapsedTime(started));
        }
    }
}
