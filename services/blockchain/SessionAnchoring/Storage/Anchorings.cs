using System.Collections.Concurrent;
using Lucid.Journal;
using Lucid.SessionAnchoring.Domain;

namespace Lucid.SessionAnchoring.Storage;

/// <summary>
/// All anchorings: an index in memory over the journal. Changes of one session happen one after the other; a change is seen only
/// after it is durable.
/// </summary>
public sealed class Anchorings : IAsyncDisposable
{
    private const int Stripes = 64;

    private readonly AnchoringJournal journal;
    private readonly OwnerSalts salts;
    private readonly SemaphoreSlim[] turns = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1, 1))];
    private readonly ConcurrentDictionary<Guid, Anchoring> bySession = new();
    private readonly ConcurrentDictionary<Guid, long> receipts = new();
    private readonly ConcurrentDictionary<Guid, Guid> open = new();
    private readonly ConcurrentDictionary<string, Guid> byTransaction = new(StringComparer.Ordinal);

    private Anchorings(AnchoringJournal journal, OwnerSalts salts) => (this.journal, this.salts) = (journal, salts);

    /// <summary>Anchorings that wait for the worker: not at their end, or their end was not told yet.</summary>
    public IReadOnlyList<Anchoring> Open => [.. open.Keys.Select(session => bySession[session]).OrderBy(a => a.SubmittedAt)];

    public IEnumerable<Anchoring> All => bySession.Values;

    /// <param name="directory">Holds the folders <c>journal</c> and <c>owners</c>.</param>
    public static async Task<Anchorings> OpenAsync(string directory, IJournalFileSystem files, CancellationToken cancellationToken)
    {
        var owners = Path.Combine(directory, "owners");
        Directory.CreateDirectory(owners);
        var anchorings = new Anchorings(await AnchoringJournal.OpenAsync(Path.Combine(directory, "journal"), files, cancellationToken), new OwnerSalts(owners));
        await foreach (var (anchoring, receipt) in anchorings.journal.ReadAsync(cancellationToken))
        {
            anchorings.Index(anchoring, receipt);
        }

        return anchorings;
    }

    public Anchoring? Find(Guid session) => bySession.GetValueOrDefault(session);

    /// <summary>The anchoring a transaction was signed for.</summary>
    public Anchoring? FindByTransaction(string transactionId) => byTransaction.TryGetValue(transactionId, out var session) ? Find(session) : null;

    /// <summary>The canonical receipt; null while there is none.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReceiptAsync(Guid session, CancellationToken cancellationToken) =>
        receipts.TryGetValue(session, out var index) ? await journal.ReceiptAsync(index, cancellationToken) : (ReadOnlyMemory<byte>?)null;

    /// <summary>The salts of owner references; used only inside <see cref="ChangeAsync{T}"/>.</summary>
    internal OwnerSalts Salts => salts;

    /// <summary>Reads, decides and writes one session's anchoring while nobody else does.</summary>
    /// <param name="change">Gets the current state (null: none) and a function that makes the next state durable.</param>
    internal async Task<T> ChangeAsync<T>(Guid session, Func<Anchoring?, SaveAnchoring, Task<T>> change, CancellationToken cancellationToken)
    {
        var turn = turns[(uint)session.GetHashCode() % Stripes];
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await change(Find(session), SaveAsync);
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await journal.DisposeAsync();
        foreach (var turn in turns)
        {
            turn.Dispose();
        }
    }

    private async Task<Anchoring> SaveAsync(Anchoring anchoring, ReadOnlyMemory<byte> receipt)
    {
        // Not cancellable: whether it was written must not depend on a caller that gives up.
        var index = await journal.AppendAsync(anchoring, receipt, CancellationToken.None);
        Index(anchoring, receipt.IsEmpty ? null : index);
        return anchoring;
    }

    private void Index(Anchoring anchoring, long? receiptIndex)
    {
        bySession[anchoring.SessionId] = anchoring;
        if (receiptIndex is { } index)
        {
            receipts[anchoring.SessionId] = index;
        }

        foreach (var id in anchoring.TransactionIds)
        {
            byTransaction[id] = anchoring.SessionId;
        }

        if (anchoring.IsOpen || anchoring.IsUnannounced)
        {
            open[anchoring.SessionId] = anchoring.SessionId;
        }
        else
        {
            open.TryRemove(anchoring.SessionId, out _);
        }
    }
}

/// <summary>Makes a state durable, with the receipt where it confirms, and then visible.</summary>
internal delegate Task<Anchoring> SaveAnchoring(Anchoring anchoring, ReadOnlyMemory<byte> receipt = default);
