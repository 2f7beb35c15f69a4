using Lucid.BlockchainEngine.Domain;
using Lucid.BlockchainEngine.Storage;
using Lucid.Contracts.Services;
using Lucid.Evidence;
using Lucid.Journal;
using Lucid.ServiceDefaults;

namespace Lucid.BlockchainEngine;

/// <summary>Opens the chain before the first request is taken, and holds it.</summary>
public sealed partial class EngineHost(
    Genesis genesis, EngineOptions options, SecretReader secrets, EntityStore<ChainHead> heads, EntityStore<ChainControl> control, ServiceRuntime runtime,
    EngineMetrics metrics, TimeProvider clock, ILoggerFactory loggers, ILogger<EngineHost> logger) : IHostedService, INodeSource, IAsyncDisposable
{
    private Ed25519Key? key;
    private ChainNode? node;

    public ChainNode Node => node ?? throw new LucidException(Contracts.Errors.ChainErrors.Unavailable, "The chain is being verified; try again.", "starting");

    public bool IsOpen => node is not null;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        key = await ReadKeyAsync(cancellationToken);
        var fence = new StateFence(heads, genesis, key?.PublicKey.Id ?? Digest.Zero);
        try
        {
            var opened = await ChainNode.OpenAsync(
                genesis, options.BlockStoragePath, PhysicalFileSystem.Instance, fence, key, clock, loggers.CreateLogger<ChainNode>(), cancellationToken);
            opened.IsPaused = (await control.FindAsync(ChainControl.Id, cancellationToken))?.Value.IsPaused ?? false;
            metrics.Height(opened.State.Height);
            node = opened;
        }
        catch (Exception damage) when (damage is ChainDamageException or JournalException)
        {
            metrics.IntegrityError();
            throw new LucidConfigurationException(runtime.AppId, [damage.Message]);
        }
    }

    /// <summary>Pauses or resumes production, durably.</summary>
    public async Task SetPausedAsync(bool paused, string reason, CancellationToken cancellationToken)
    {
        await control.UpsertAsync(
            ChainControl.Id,
            () => new ChainControl(false, "", clock.GetUtcNow()),
            entity => entity.Value = new ChainControl(paused, reason, clock.GetUtcNow()),
            cancellationToken);
        Node.IsPaused = paused;
        LogPaused(paused, reason);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (node is not null)
        {
            await node.DisposeAsync();
        }

        key?.Dispose();
    }

    // Without a key of the set the engine serves what it has and is not ready to produce; a key is never invented (02 §17).
    private async Task<Ed25519Key?> ReadKeyAsync(CancellationToken cancellationToken)
    {
        Ed25519Key? found;
        try
        {
            found = Ed25519Key.FromSeed(StrictBase64.Decode(options.ValidatorKey ?? await secrets.ReadAsync(SecretTable.ValidatorKey, cancellationToken)));
        }
        catch (Exception missing) when (missing is LucidConfigurationException or EvidenceException)
        {
            LogObserver(missing, "there is no validator key");
            return null;
        }

        if (genesis.Authority.Voter(found.PublicKey.Id) is null && genesis.Authority.Validators.All(v => v.Key != found.PublicKey))
        {
            LogObserver(null, "the validator key is none of the genesis document");
        }

        return found;
    }

    [LoggerMessage(2010, LogLevel.Warning, "This engine observes: {Why}")]
    private partial void LogObserver(Exception? exception, string why);

    [LoggerMessage(2011, LogLevel.Warning, "Production paused: {Paused} ({Reason})")]
    private partial void LogPaused(bool paused, string reason);
}
