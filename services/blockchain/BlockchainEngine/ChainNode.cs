using System.Reflection;
using Lucid.BlockchainEngine.Domain;
using Lucid.BlockchainEngine.Storage;
using Lucid.Evidence;
using Lucid.Journal;

namespace Lucid.BlockchainEngine;

/// <summary>
/// The chain of this engine: its log, its index, the transactions that wait, and the production of blocks. A block becomes visible
/// only after it is durable; a transaction is acknowledged only after it is.
/// </summary>
public sealed partial class ChainNode : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim producing = new(1, 1);
    private readonly Mempool mempool = new();
    private readonly BlockLog blocks;
    private readonly TransactionLog accepted;
    private readonly IProducerFence fence;
    private readonly Ed25519Key? key;
    private readonly TimeProvider clock;
    private readonly ILogger<ChainNode> logger;
    private long lastSlot;
    private volatile bool isStopped;

    private ChainNode(ChainState state, BlockLog blocks, TransactionLog accepted, IProducerFence fence, Ed25519Key? key, TimeProvider clock, ILogger<ChainNode> logger)
    {
        (State, this.blocks, this.accepted, this.fence, this.key, this.clock, this.logger) = (state, blocks, accepted, fence, key, clock, logger);
        lastSlot = state.Head.Header.Slot;
    }

    public ChainState State { get; }

    public Genesis Genesis => State.Genesis;

    /// <summary>Keeps the queue and all reading, proposes nothing.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Another engine took over or the log failed.</summary>
    public bool IsStopped => isStopped;

    /// <summary>Whether this engine's vote alone finalises in the set in force now.</summary>
    public bool IsProducer => key is not null && CanFinalise(State.AuthorityAtSlot((long)Genesis.SlotOf(clock.GetUtcNow())));

    public int PendingCount
    {
        get
        {
            lock (gate)
            {
                return mempool.Count;
            }
        }
    }

    /// <summary>Minimal API binding for endpoints.</summary>
    public static ValueTask<ChainNode?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        _ = parameter;
        return ValueTask.FromResult<ChainNode?>(context.RequestServices.GetRequiredService<INodeSource>().Node);
    }

    /// <summary>
    /// Opens the logs, verifies every link, signature and root, compares the end with the fence, and takes the chain over when
    /// there is a key to sign with.
    /// </summary>
    /// <param name="directory">Holds the folders <c>log</c> and <c>mempool</c>.</param>
    /// <param name="key">Null: observe.</param>
    /// <exception cref="ChainDamageException">What is stored is not what was acknowledged, or belongs to another chain.</exception>
    internal static async Task<ChainNode> OpenAsync(
        Genesis genesis, string directory, IJournalFileSystem files, IProducerFence fence, Ed25519Key? key, TimeProvider clock, ILogger<ChainNode> logger,
        CancellationToken cancellationToken)
    {
        var blocks = await BlockLog.OpenAsync(Path.Combine(directory, "log"), genesis, files, cancellationToken);
        TransactionLog? accepted = null;
        try
        {
            var state = await ReplayAsync(genesis, blocks, cancellationToken);
            var head = key is null ? null : await fence.ReadAsync(cancellationToken);
            if (key is not null)
            {
                HeadCheck.Check(state, head);
            }

            accepted = await TransactionLog.OpenAsync(Path.Combine(directory, "mempool"), files, cancellationToken);
            var node = new ChainNode(state, blocks, accepted, fence, key, clock, logger);
            await node.ReloadMempoolAsync(cancellationToken);
            if (key is not null)
            {
                await fence.ClaimAsync(cancellationToken);
                node.lastSlot = Math.Max(node.lastSlot, head?.ReservedSlot ?? 0);
            }

            return node;
        }
        catch
        {
            await blocks.DisposeAsync();
            if (accepted is not null)
            {
                await accepted.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>Accepts a transaction. Idempotent by tx_id; completes when it is durable.</summary>
    public async Task<SubmitOutcome> SubmitAsync(ReadOnlyMemory<byte> signedBytes, CancellationToken cancellationToken)
    {
        if (Admission.Parse(signedBytes, Genesis, out var refused) is not { } transaction)
        {
            return refused!;
        }

        PendingTransaction? entry;
        var isRepeat = true;
        lock (gate)
        {
            entry = mempool.Find(transaction.Id);
            if (entry is null && State.Find(transaction.Id) is { } place)
            {
                State.TryGetBlock(place.Height, out var block);
                return new SubmitOutcome(TransactionRefusal.None, transaction.Id, DateTimeOffset.FromUnixTimeMilliseconds(block.TimestampMs), place.Height, IsRepeat: true);
            }

            refused = entry is null ? Admission.Check(transaction, mempool, State, clock.GetUtcNow()) : null;
        }

        refused ??= entry is null ? Admission.CheckSignatures(transaction) : null;
        if (refused is not null)
        {
            return refused;
        }

        lock (gate)
        {
            entry ??= mempool.Find(transaction.Id);
            if (entry is null)
            {
                // Another transaction may have come in while the signature was being verified.
                var now = clock.GetUtcNow();
                if (Admission.Check(transaction, mempool, State, now) is { } late)
                {
                    return late;
                }

                entry = new PendingTransaction(transaction, now);
                entry.Write(accepted.AppendAsync);
                mempool.Add(entry);
                isRepeat = false;
            }
        }

        try
        {
            await entry.Durable.WaitAsync(cancellationToken);
            return new SubmitOutcome(TransactionRefusal.None, transaction.Id, entry.SubmittedAt, State.Find(transaction.Id)?.Height, isRepeat);
        }
        catch (JournalException failure)
        {
            lock (gate)
            {
                mempool.Remove(transaction.Id);
            }

            LogNotAccepted(failure, transaction.Id);
            return SubmitOutcome.Refused(TransactionRefusal.StorageUnavailable, Admission.Sentence(TransactionRefusal.StorageUnavailable));
        }
    }

    /// <summary>Null when there is no such block.</summary>
    public Task<FinalBlock?> ReadBlockAsync(long height, CancellationToken cancellationToken) =>
        height < 0 || height > State.Height ? Task.FromResult<FinalBlock?>(null) : blocks.ReadAsync(height, cancellationToken);

    /// <summary>The blocks from a height on, then each new one as it becomes final.</summary>
    public IAsyncEnumerable<FinalBlock> FollowAsync(long fromHeight, CancellationToken cancellationToken) => blocks.TailAsync(fromHeight, cancellationToken);

    /// <summary>A waiting transaction, or why one that waited is gone.</summary>
    internal (PendingTransaction? Pending, TransactionRefusal? Dropped) FindPending(Digest id)
    {
        lock (gate)
        {
            return (mempool.Find(id), mempool.DroppedFor(id));
        }
    }

    /// <summary>Reads the log again from the first block and verifies everything; returns the height it reached.</summary>
    /// <exception cref="ChainDamageException">The log no longer holds the chain in memory.</exception>
    public async Task<long> ReverifyAsync(CancellationToken cancellationToken)
    {
        var again = await ReplayAsync(Genesis, blocks, cancellationToken);
        State.TryGetBlock(again.Height, out var known);
        return known.Hash == again.HeadHash
            ? again.Height
            : throw new ChainDamageException($"The log was changed: block {again.Height} on disk is {again.HeadHash}, in memory {known.Hash}.");
    }

    public async ValueTask DisposeAsync()
    {
        await blocks.DisposeAsync();
        await accepted.DisposeAsync();
        producing.Dispose();
    }

    private static bool CanFinalise(AuthoritySet authority, Digest id) => authority.Quorum == 1 && authority.Voter(id) is not null;

    private static async Task<ChainState> ReplayAsync(Genesis genesis, BlockLog blocks, CancellationToken cancellationToken)
    {
        if (blocks.Count == 0)
        {
            await blocks.AppendAsync(FinalBlock.Of(genesis), cancellationToken);
        }

        return await ChainReplay.RunAsync(genesis, blocks.ReadFromAsync(0, cancellationToken), cancellationToken);
    }

    private bool CanFinalise(AuthoritySet authority) => CanFinalise(authority, key!.PublicKey.Id);

    private async Task ReloadMempoolAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var height = State.Height;
        await foreach (var entry in accepted.ReadAsync(cancellationToken))
        {
            var transaction = entry.Transaction;
            var draft = new ChainDraft(State, (long)Genesis.SlotOf(now), now.ToUnixTimeMilliseconds());
            var isWaiting = transaction.NetworkId == Genesis.NetworkId
                && mempool.Find(transaction.Id) is null
                && draft.CheckTime(transaction) != TransactionRefusal.TimestampTooOld
                && draft.Add(transaction) == TransactionRefusal.None;
            if (isWaiting)
            {
                mempool.Add(entry);
            }
        }

        LogOpened(height, mempool.Count);
    }
}
