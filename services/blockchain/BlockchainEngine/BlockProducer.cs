using Lucid.BlockchainEngine.Domain;

namespace Lucid.BlockchainEngine;

/// <summary>Tries to produce once for each slot. The slot comes from the clock, so a late wake-up skips slots and never shifts them.</summary>
public sealed class BlockProducer(EngineHost host, EngineMetrics metrics, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var node = host.Node;
        while (!stoppingToken.IsCancellationRequested)
        {
            var parentSlot = node.State.Head.Header.Slot;
            var outcome = await node.ProduceAsync(stoppingToken);
            Record(node, parentSlot, outcome);

            // A short sleep also notices a clock that was set.
            var wait = node.UntilNextSlot();
            await Task.Delay(wait < LongestSleep ? wait + TimeSpan.FromMilliseconds(1) : LongestSleep, clock, stoppingToken);
        }
    }

    private void Record(ChainNode node, long parentSlot, ProduceOutcome outcome)
    {
        metrics.Waiting(node.PendingCount);
        if (outcome == ProduceOutcome.Produced)
        {
            var slot = node.State.Head.Header.Slot;
            var start = DateTimeOffset.FromUnixTimeMilliseconds(node.Genesis.SlotStartMs((ulong)slot));
            metrics.Produced(node.State, slot - parentSlot - 1, clock.GetUtcNow() - start);
        }
        else if (outcome is ProduceOutcome.Late or ProduceOutcome.StorageUnavailable or ProduceOutcome.Stopped)
        {
            metrics.Failed(outcome);
        }
    }
}
