using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.Secrets;

/// <summary>Secrets read once, when the component was opened.</summary>
internal sealed class SecretTable(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> secrets) : ISecretStore
{
    public ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(string name, CancellationToken cancellationToken) =>
        ValueTask.FromResult(secrets.GetValueOrDefault(name));

    public ValueTask<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> GetAllAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(secrets);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
