using System.Collections.Immutable;
using Lucid.Evidence;

namespace Lucid.BlockchainEngine.Domain;

/// <summary>
/// The finalised chain as an index in memory: about 200 bytes for a block and for a transaction, nothing that cannot be rebuilt
/// from the log. One writer appends; reading is safe at any time and sees whole blocks only.
/// </summary>
public sealed class ChainState
{
    private readonly Lock gate = new();
    private readonly List<BlockEntry> blocks = [];
    private readonly Dictionary<Digest, long> heights = [];
    private readonly Dictionary<Digest, TransactionPlace> transactions = [];
    private readonly HashSet<(Ed25519PublicKey Sender, ulong Nonce)> nonces = [];
    private readonly Dictionary<Guid, Digest> sessions = [];
    private readonly List<TransactionPlace> changes = [];
    private readonly List<(long FromEpoch, AuthoritySet Set)> sets = [];
    private readonly MerkleTree history = new();
    private AuthorityState authority;
    private FinalBlock head;

    public ChainState(Genesis genesis)
    {
        Genesis = genesis;
        authority = AuthorityState.Initial(genesis);
        sets.Add((0, genesis.Authority));
        head = FinalBlock.Of(genesis);
        Index(head);
    }

    public Genesis Genesis { get; }

    /// <summary>The newest final block; its body is the last one kept in memory.</summary>
    public FinalBlock Head
    {
        get
        {
            lock (gate)
            {
                return head;
            }
        }
    }

    public long Height => Head.Header.Height;

    public Digest HeadHash
    {
        get
        {
            lock (gate)
            {
                return blocks[^1].Hash;
            }
        }
    }

    public long TotalTransactions
    {
        get
        {
            lock (gate)
            {
                return transactions.Count;
            }
        }
    }

    /// <summary>Keys and changes under way after the head.</summary>
    public AuthorityState Authority
    {
        get
        {
            lock (gate)
            {
                return authority;
            }
        }
    }

    public bool TryGetBlock(long height, out BlockEntry block)
    {
        lock (gate)
        {
            var known = height >= 0 && height < blocks.Count;
            block = known ? blocks[(int)height] : default;
            return known;
        }
    }

    public long? HeightOf(Digest blockHash)
    {
        lock (gate)
        {
            return heights.TryGetValue(blockHash, out var height) ? height : null;
        }
    }

    public TransactionPlace? Find(Digest transactionId)
    {
        lock (gate)
        {
            return transactions.TryGetValue(transactionId, out var place) ? place : null;
        }
    }

    public bool IsNonceUsed(Ed25519PublicKey sender, ulong nonce)
    {
        lock (gate)
        {
            return nonces.Contains((sender, nonce));
        }
    }

    public bool IsAnchored(Guid session)
    {
        lock (gate)
        {
            return sessions.ContainsKey(session);
        }
    }

    /// <summary>Keys in force in an epoch, as far as the finalised blocks decide it.</summary>
    public AuthoritySet AuthorityAt(long epoch)
    {
        lock (gate)
        {
            return sets.FindLast(set => set.FromEpoch <= epoch).Set;
        }
    }

    public AuthoritySet AuthorityAtSlot(long slot) => AuthorityAt(Genesis.EpochOf((ulong)slot));

    /// <summary>First height at which the key may vote without interruption until now; 0 since genesis.</summary>
    public long VoterSince(Ed25519PublicKey key)
    {
        lock (gate)
        {
            var from = sets.FindLastIndex(set => !set.Set.Voters.Contains(key)) + 1;
            var epoch = from < sets.Count ? sets[from].FromEpoch : 0;
            var height = epoch == 0 ? 0 : blocks.FindIndex(block => Genesis.EpochOf((ulong)block.Slot) >= epoch);
            return height >= 0 ? height : blocks.Count;
        }
    }

    /// <summary>Changes of keys and validators in blocks before <paramref name="height"/>, in chain order.</summary>
    public ImmutableArray<TransactionPlace> ChangesBefore(long height)
    {
        lock (gate)
        {
            return [.. changes.Where(place => place.Height < height)];
        }
    }

    /// <summary>Root over the hashes of the first <paramref name="size"/> blocks.</summary>
    public Digest HistoryRoot(long size)
    {
        lock (gate)
        {
            return history.Root(size);
        }
    }

    public Digest[] InclusionPath(long height, long size)
    {
        lock (gate)
        {
            return history.InclusionPath(height, size);
        }
    }

    public Digest[] ConsistencyPath(long first, long second)
    {
        lock (gate)
        {
            return history.ConsistencyPath(first, second);
        }
    }

    /// <summary>Makes a block the head. It was checked: by <see cref="BlockCheck"/>, or by assembling it here.</summary>
    public void Append(FinalBlock block)
    {
        lock (gate)
        {
            if (block.Header.Height != blocks.Count || block.Header.PreviousHash != blocks[^1].Hash)
            {
                throw new InvalidOperationException($"Block {block.Header.Height} does not follow block {blocks.Count - 1}.");
            }

            Index(block);
            head = block;
        }
    }

    private void Index(FinalBlock final)
    {
        var header = final.Header;
        var hash = header.Hash();
        blocks.Add(new BlockEntry(hash, header.Slot, header.TimestampMs, header.TransactionCount, final.Block.EncodedSize, header.Producer));
        heights.Add(hash, header.Height);
        history.Append(hash.Span);
        for (var i = 0; i < final.Block.Transactions.Length; i++)
        {
            IndexTransaction(final.Block.Transactions[i], new TransactionPlace(header.Height, i), header);
        }
    }

    private void IndexTransaction(Transaction transaction, TransactionPlace place, BlockHeader header)
    {
        transactions.Add(transaction.Id, place);
        nonces.Add((transaction.Sender, transaction.Nonce));
        foreach (var session in SessionsOf(transaction.Data))
        {
            sessions.Add(session, transaction.Id);
        }

        if (transaction.Data is GovernanceData change)
        {
            var epoch = Genesis.EpochOf((ulong)header.Slot);
            authority = authority.Apply(change, epoch, Genesis);
            sets.RemoveAll(set => set.FromEpoch > epoch);
            sets.Add((epoch + 1, authority.At(epoch + 1)));
            changes.Add(place);
        }
    }

    /// <summary>Recordings a transaction anchors.</summary>
    public static ImmutableArray<Guid> SessionsOf(TransactionData data) => data switch
    {
        SessionAnchorData single => [single.Entry.Record.SessionId],
        SessionAnchorBatchData batch => batch.SessionIds,
        _ => [],
    };
}
