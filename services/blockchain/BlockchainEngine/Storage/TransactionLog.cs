using System.Buffers.Binary;
using Lucid.BlockchainEngine.Domain;
using Lucid.Evidence;
using Lucid.Journal;

namespace Lucid.BlockchainEngine.Storage;

/// <summary>
/// Accepted transactions, so that none is lost before it is in a block. Record: i64 time of acceptance in Unix milliseconds,
/// big-endian · signed canonical bytes. Whether one is done with is decided by the chain; leading segments go when all of theirs are.
/// </summary>
internal sealed class TransactionLog(SegmentedLog log) : IAsyncDisposable
{
    private const int TimeLength = 8;

    public static async Task<TransactionLog> OpenAsync(string directory, IJournalFileSystem files, CancellationToken cancellationToken)
    {
        var options = new JournalOptions
        {
            SegmentBytes = 4 << 20,
            MaxRecordBytes = TimeLength + Transaction.MaxWorkTallySize,
            AllowTruncateHead = true,
            FileSystem = files,
        };
        return new TransactionLog(await SegmentedLog.OpenAsync(directory, options, cancellationToken));
    }

    /// <summary>Completes with the index when the transaction is durable.</summary>
    public async Task<long> AppendAsync(Transaction transaction, DateTimeOffset submittedAt)
    {
        var record = new byte[TimeLength + transaction.SignedBytes.Length];
        BinaryPrimitives.WriteInt64BigEndian(record, submittedAt.ToUnixTimeMilliseconds());
        transaction.SignedBytes.CopyTo(record.AsMemory(TimeLength));
        return await log.AppendAsync(record, CancellationToken.None); // an accepted transaction does not depend on its caller's patience
    }

    public async IAsyncEnumerable<PendingTransaction> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var record in log.ReadAsync(log.FirstIndex, cancellationToken))
        {
            var submittedAt = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(record.Payload.Span));
            yield return PendingTransaction.Reloaded(Transaction.Parse(record.Payload[TimeLength..]), submittedAt, record.Index);
        }
    }

    /// <summary>Frees what is before the oldest transaction that is still needed; null: everything.</summary>
    public void Forget(long? before) => log.TruncateHead(before ?? log.EndIndex);

    public ValueTask DisposeAsync() => log.DisposeAsync();
}
