namespace Lucid.Sidecar.Components;

public interface ISecretStore : IAsyncDisposable
{
    /// <summary>The secret as name → value pairs (one pair named like the secret for single-valued stores); null when the store has none.</summary>
    ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(string name, CancellationToken cancellationToken);

    ValueTask<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> GetAllAsync(CancellationToken cancellationToken);
}
