using Lucid.Contracts.Errors;
using Lucid.Contracts.Services;
using Lucid.Evidence;
using Lucid.Journal;
using Lucid.ServiceDefaults;
using Lucid.SessionAnchoring.Storage;

namespace Lucid.SessionAnchoring;

/// <summary>Opens journal, pin and key before the first request is taken, and holds them.</summary>
public sealed class AnchoringHost(AnchoringOptions options, SecretReader secrets, ServiceRuntime runtime) : IHostedService, IAsyncDisposable
{
    private Anchorings? anchorings;
    private ChainPin? pin;
    private Ed25519Key? key;

    public Anchorings Anchorings => anchorings ?? throw new LucidException(ChainErrors.Unavailable, "The journal is being read; try again.", "starting");

    public bool IsOpen => anchorings is not null;

    internal ChainPin Pin => pin!;

    internal Ed25519Key Key => key!;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            key = Ed25519Key.FromSeed(StrictBase64.Decode(options.AnchorSigningKey ?? await secrets.ReadAsync(SecretTable.AnchorSigningKey, cancellationToken)));
            Directory.CreateDirectory(options.MerkleStoragePath);
            pin = await ChainPin.LoadAsync(options.MerkleStoragePath, options.GenesisHash, cancellationToken);
            anchorings = await Anchorings.OpenAsync(options.MerkleStoragePath, PhysicalFileSystem.Instance, cancellationToken);
        }
        catch (Exception fault) when (fault is InvalidDataException or JournalException)
        {
            throw new LucidConfigurationException(runtime.AppId, [fault.Message]);
        }
        catch (EvidenceException)
        {
            throw new LucidConfigurationException(runtime.AppId, [$"Secret '{SecretTable.AnchorSigningKey}' is not the base64 of a 32-byte Ed25519 seed; run ./lucid setup."]);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (anchorings is not null)
        {
            await anchorings.DisposeAsync();
        }

        key?.Dispose();
    }
}
