using Lucid.Evidence;
using Lucid.Journal;

namespace Lucid.SessionAnchoring.Storage;

/// <summary>The one chain that receipts are accepted from: the first that answered, or the configured one; kept in a file.</summary>
internal sealed class ChainPin(string path, Genesis? pinned)
{
    public Genesis? Genesis { get; private set; } = pinned;

    /// <exception cref="InvalidDataException">The file was changed, or belongs to another chain than configured.</exception>
    public static async Task<ChainPin> LoadAsync(string directory, string? configuredHash, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory, "genesis.json");
        if (!File.Exists(path))
        {
            return new ChainPin(path, null);
        }

        try
        {
            var genesis = Evidence.Genesis.Parse(await File.ReadAllBytesAsync(path, cancellationToken));
            return configuredHash is null || genesis.Hash.ToString() == configuredHash
                ? new ChainPin(path, genesis)
                : throw new InvalidDataException($"GENESIS_HASH: '{configuredHash}' is not the chain {genesis.Hash} that was pinned in '{path}' before; accepted is that hash, or an empty MERKLE_STORAGE_PATH.");
        }
        catch (EvidenceException e)
        {
            throw new InvalidDataException($"'{path}' is no genesis document: {e.Message} Restore it.", e);
        }
    }

    /// <summary>Pins a chain for good; false when it is not the configured one.</summary>
    public async Task<bool> PinAsync(Genesis genesis, string? configuredHash, CancellationToken cancellationToken)
    {
        if (configuredHash is not null && genesis.Hash.ToString() != configuredHash)
        {
            return false;
        }

        await DurableFiles.WriteAsync(path, genesis.Json, cancellationToken);
        Genesis = genesis;
        return true;
    }
}
