using Lucid.BlockchainEngine.Domain;
using Prometheus;

namespace Lucid.BlockchainEngine;

/// <summary>The metrics of 02 §18 that one engine alone can measure.</summary>
public sealed class EngineMetrics(IMetricFactory factory)
{
    private readonly Gauge height = factory.CreateGauge("blockchain_current_height", "Height of the newest final block.");
    private readonly Gauge mempool = factory.CreateGauge("mempool_size", "Accepted transactions that wait for a block.");
    private readonly Counter blocks = factory.CreateCounter("blockchain_blocks_created_total", "Blocks produced by this engine.");
    private readonly Counter transactions = factory.CreateCounter("blockchain_transactions_total", "Transactions in final blocks since the start.");
    private readonly Counter refused = factory.CreateCounter("blockchain_transaction_failures_total", "Transactions refused.", ["reason"]);
    private readonly Counter missed = factory.CreateCounter("consensus_missed_slots_total", "Slots without a block.", ["reason"]);
    private readonly Counter failures = factory.CreateCounter("consensus_failures_total", "Attempts to produce a block that came to nothing.", ["reason"]);
    private readonly Counter integrity = factory.CreateCounter("chain_integrity_errors_total", "Stored blocks that did not verify.");
    private readonly Histogram finality = factory.CreateHistogram(
        "blockchain_finality_seconds",
        "From the start of a slot to its final block.",
        new HistogramConfiguration { Buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    public void Produced(ChainState state, long missedSlots, TimeSpan sinceSlotStart)
    {
        blocks.Inc();
        height.Set(state.Height);
        transactions.Inc(state.Head.Header.TransactionCount);
        finality.Observe(sinceSlotStart.TotalSeconds);
        if (missedSlots > 0)
        {
            missed.WithLabels("all_failed").Inc(missedSlots);
        }
    }

    public void Height(long value) => height.Set(value);

    public void Failed(ProduceOutcome outcome) => failures.WithLabels(Naming.Snake(outcome)).Inc();

    public void Waiting(int count) => mempool.Set(count);

    public void Refused(TransactionRefusal refusal) => refused.WithLabels(Naming.Snake(refusal)).Inc();

    public void IntegrityError() => integrity.Inc();
}
