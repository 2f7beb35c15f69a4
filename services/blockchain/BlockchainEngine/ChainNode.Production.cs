using Lucid.BlockchainEngine.Domain;
using Lucid.Evidence;
using Lucid.Journal;
using Lucid.ServiceDefaults;

namespace Lucid.BlockchainEngine;

/// <summary>
/// The production of blocks, one attempt for a slot: 1. is it our turn · 2. note the intent outside · 3. assemble and sign ·
/// 4. append durably · 5. show it · 6. note it outside.
/// </summary>
public sealed partial class ChainNode
{
    /// <summary>One attempt to produce the block of the current slot. Never two signatures for one slot, whatever happened before.</summary>
    public async Task<ProduceOutcome> ProduceAsync(CancellationToken cancellationToken)
    {
        await producing.WaitAsync(cancellationToken);
        try
        {
            var slot = (long)Genesis.SlotOf(Timestamp.Truncate(clock.GetUtcNow()));
            if (slot <= lastSlot)
            {
                return ProduceOutcome.SlotDone;
            }

            if (isStopped)
            {
                return ProduceOutcome.Stopped;
            }

            if (IsPaused)
            {
                return ProduceOutcome.Paused;
            }

            var authority = State.AuthorityAtSlot(slot);
            if (key is null || !CanFinalise(authority))
            {
                return ProduceOutcome.Observing;
            }

            return Schedule.RankOf(authority, slot, key.PublicKey.Id) is { } rank
                ? await ProduceAsync(slot, rank, key, cancellationToken)
                : ProduceOutcome.NotScheduled;
        }
        finally
        {
            producing.Release();
        }
    }

    /// <summary>Time until the next slot in which a block could be made.</summary>
    public TimeSpan UntilNextSlot()
    {
        var now = clock.GetUtcNow();
        var next = Math.Max((long)Genesis.SlotOf(Timestamp.Truncate(now)), lastSlot) + 1;
        var wait = DateTimeOffset.FromUnixTimeMilliseconds(Genesis.SlotStartMs((ulong)next)) - now;
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private async Task<ProduceOutcome> ProduceAsync(long slot, byte rank, Ed25519Key signer, CancellationToken cancellationToken)
    {
        try
        {
            if (!await fence.ReserveAsync(State.Height + 1, slot, State.HeadHash, cancellationToken))
            {
                return Stop(null);
            }

            lastSlot = slot; // the intent is noted: whatever happens now, this slot is not signed for again
            var now = Timestamp.Truncate(clock.GetUtcNow());
            if ((long)Genesis.SlotOf(now) != slot || now.ToUnixTimeMilliseconds() <= State.Head.Header.TimestampMs)
            {
                return ProduceOutcome.Late;
            }

            var block = Assemble(slot, now, rank, signer);
            await blocks.AppendAsync(block, CancellationToken.None); // a signed block is finished whoever stops waiting
            Acknowledge(block);
            return await fence.CommitAsync(block.Header.Height, State.HeadHash, cancellationToken) ? ProduceOutcome.Produced : Stop(null);
        }
        catch (JournalException full) when (full.Failure == JournalFailure.DiskFull)
        {
            LogUnavailable(full, slot);
            return ProduceOutcome.StorageUnavailable;
        }
        catch (Exception failure) when (failure is JournalException or ChainDamageException)
        {
            return Stop(failure);
        }
        catch (LucidException failure)
        {
            LogUnavailable(failure, slot); // the state store does not answer; the log is untouched or complete
            return ProduceOutcome.StorageUnavailable;
        }
    }

    private FinalBlock Assemble(long slot, DateTimeOffset now, byte rank, Ed25519Key signer)
    {
        Selection selection;
        lock (gate)
        {
            selection = Selection.From(mempool, State, slot, now.ToUnixTimeMilliseconds(), BlockAssembly.RoomFor(State));
            foreach (var (id, why) in selection.Dropped)
            {
                mempool.Drop(id, why);
                LogDropped(id, why);
            }
        }

        return BlockAssembly.Seal(State, slot, now.ToUnixTimeMilliseconds(), rank, selection.Included, signer);
    }

    private void Acknowledge(FinalBlock block)
    {
        lock (gate)
        {
            State.Append(block);
            foreach (var transaction in block.Block.Transactions)
            {
                mempool.Remove(transaction.Id);
            }

            if (mempool.All.All(entry => entry.IsDurable) && block.Block.Transactions.Length > 0)
            {
                accepted.Forget(mempool.Count == 0 ? null : mempool.All.Min(entry => entry.Index));
            }
        }
    }

    private ProduceOutcome Stop(Exception? why)
    {
        isStopped = true;
        LogStopped(why, State.Height);
        return ProduceOutcome.Stopped;
    }
}
