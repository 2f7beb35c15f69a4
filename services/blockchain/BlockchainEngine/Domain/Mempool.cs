using Lucid.Evidence;

namespace Lucid.BlockchainEngine.Domain;

/// <summary>Accepted transactions that are not in a block yet. An accepted one is never evicted. Not safe for concurrent use.</summary>
internal sealed class Mempool
{
    public const int Capacity = 10_000;

    public const int CapacityPerSender = 200;

    private const int DroppedKept = 10_000;

    private readonly Dictionary<Digest, PendingTransaction> pending = [];
    private readonly Dictionary<(Ed25519PublicKey Sender, ulong Nonce), Digest> nonces = [];
    private readonly Dictionary<Guid, Digest> sessions = [];
    private readonly Dictionary<Ed25519PublicKey, int> senders = [];
    private readonly Dictionary<Digest, TransactionRefusal> dropped = [];
    private readonly Queue<Digest> droppedOrder = new();

    public int Count => pending.Count;

    /// <summary>Anchors and system transactions first, then by time, then by id (02 §11).</summary>
    public IEnumerable<PendingTransaction> InOrder => pending.Values
        .Where(entry => entry.IsDurable)
        .OrderBy(entry => entry.Transaction.Data.Type is TransactionData.TypeSessionAnchor or TransactionData.TypeSystem ? 0 : 1)
        .ThenBy(entry => entry.Transaction.TimestampMs)
        .ThenBy(entry => entry.Transaction.Id.ToString(), StringComparer.Ordinal);

    public IEnumerable<PendingTransaction> All => pending.Values;

    public PendingTransaction? Find(Digest id) => pending.GetValueOrDefault(id);

    /// <summary>Why an accepted transaction left without being included, as far as it is remembered.</summary>
    public TransactionRefusal? DroppedFor(Digest id) => dropped.TryGetValue(id, out var refusal) ? refusal : null;

    /// <summary>Whether there is room, and nothing pending contradicts the transaction.</summary>
    public TransactionRefusal CheckRoom(Transaction transaction)
    {
        if (nonces.ContainsKey((transaction.Sender, transaction.Nonce)))
        {
            return TransactionRefusal.NonceUsed;
        }

        if (ChainState.SessionsOf(transaction.Data).Any(sessions.ContainsKey))
        {
            return TransactionRefusal.SessionAlreadyAnchored;
        }

        if (pending.Count >= Capacity)
        {
            return TransactionRefusal.MempoolFull;
        }

        return senders.GetValueOrDefault(transaction.Sender) >= CapacityPerSender ? TransactionRefusal.SenderQuota : TransactionRefusal.None;
    }

    public void Add(PendingTransaction entry)
    {
        var transaction = entry.Transaction;
        pending.Add(transaction.Id, entry);
        nonces[(transaction.Sender, transaction.Nonce)] = transaction.Id;
        foreach (var session in ChainState.SessionsOf(transaction.Data))
        {
            sessions[session] = transaction.Id;
        }

        senders[transaction.Sender] = senders.GetValueOrDefault(transaction.Sender) + 1;
        dropped.Remove(transaction.Id);
    }

    public void Remove(Digest id)
    {
        if (!pending.Remove(id, out var entry))
        {
            return;
        }

        var transaction = entry.Transaction;
        nonces.Remove((transaction.Sender, transaction.Nonce));
        foreach (var session in ChainState.SessionsOf(transaction.Data))
        {
            sessions.Remove(session);
        }

        if (--senders[transaction.Sender] == 0)
        {
            senders.Remove(transaction.Sender);
        }
    }

    /// <summary>Takes out a transaction that no later block could carry.</summary>
    public void Drop(Digest id, TransactionRefusal why)
    {
        Remove(id);
        if (dropped.TryAdd(id, why))
        {
            droppedOrder.Enqueue(id);
        }

        while (droppedOrder.Count > DroppedKept)
        {
            dropped.Remove(droppedOrder.Dequeue());
        }
    }
}
