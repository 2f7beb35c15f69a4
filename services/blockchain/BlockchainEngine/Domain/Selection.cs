using System.Collections.Immutable;
using Lucid.Evidence;

namespace Lucid.BlockchainEngine.Domain;

/// <summary>The transactions of the next block, and those no block will ever carry.</summary>
internal sealed record Selection(ImmutableArray<Transaction> Included, IReadOnlyList<(Digest Id, TransactionRefusal Why)> Dropped)
{
    /// <param name="room">Bytes left for the body.</param>
    public static Selection From(Mempool mempool, ChainState state, long slot, long timestampMs, int room)
    {
        var draft = new ChainDraft(state, slot, timestampMs);
        var included = ImmutableArray.CreateBuilder<Transaction>();
        var dropped = new List<(Digest, TransactionRefusal)>();
        foreach (var transaction in mempool.InOrder.Select(entry => entry.Transaction))
        {
            var time = draft.CheckTime(transaction);
            if (time == TransactionRefusal.TimestampTooOld)
            {
                dropped.Add((transaction.Id, time));
                continue;
            }

            var size = 4 + transaction.SignedBytes.Length;
            if (time != TransactionRefusal.None || size > room || included.Count == state.Genesis.Limits.TransactionsPerBlock)
            {
                continue; // its time has not come, or a later block has room
            }

            var refusal = draft.Add(transaction);
            if (refusal == TransactionRefusal.None)
            {
                included.Add(transaction);
                room -= size;
            }
            else
            {
                dropped.Add((transaction.Id, refusal));
            }
        }

        return new Selection(included.ToImmutable(), dropped);
    }
}
