using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Lucid.Contracts;
using Lucid.Journal;
using Lucid.SessionAnchoring.Domain;

namespace Lucid.SessionAnchoring.Storage;

/// <summary>
/// Every state of every anchoring, the newest counts. Record: u8 version = 1 · u32 length of the state, big-endian · state as JSON ·
/// the receipt, in the record that confirms: state and receipt cannot part.
/// </summary>
internal sealed class AnchoringJournal(SegmentedLog log) : IAsyncDisposable
{
    private const byte Version = 1;
    private const int Overhead = 5;

    public static async Task<AnchoringJournal> OpenAsync(string directory, IJournalFileSystem files, CancellationToken cancellationToken)
    {
        var options = new JournalOptions { MaxRecordBytes = 17 << 20, FileSystem = files };
        return new AnchoringJournal(await SegmentedLog.OpenAsync(directory, options, cancellationToken));
    }

    /// <summary>Completes with the record's index when it is durable.</summary>
    public ValueTask<long> AppendAsync(Anchoring anchoring, ReadOnlyMemory<byte> receipt, CancellationToken cancellationToken)
    {
        var state = JsonSerializer.SerializeToUtf8Bytes(anchoring, JsonDefaults.Tolerant);
        var record = new byte[Overhead + state.Length + receipt.Length];
        record[0] = Version;
        BinaryPrimitives.WriteInt32BigEndian(record.AsSpan(1), state.Length);
        state.CopyTo(record, Overhead);
        receipt.CopyTo(record.AsMemory(Overhead + state.Length));
        return log.AppendAsync(record, cancellationToken);
    }

    /// <summary>Every record from the first; the index is given where there is a receipt.</summary>
    public async IAsyncEnumerable<(Anchoring Anchoring, long? ReceiptIndex)> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var record in log.ReadAsync(0, cancellationToken))
        {
            var (anchoring, receipt) = Decode(record);
            yield return (anchoring, receipt.IsEmpty ? null : record.Index);
        }
    }

    public async Task<ReadOnlyMemory<byte>> ReceiptAsync(long index, CancellationToken cancellationToken) =>
        Decode(await log.GetAsync(index, cancellationToken) ?? throw new InvalidDataException($"Record {index} of the anchoring journal is gone.")).Receipt;

    public ValueTask DisposeAsync() => log.DisposeAsync();

    private static (Anchoring Anchoring, ReadOnlyMemory<byte> Receipt) Decode(JournalRecord record)
    {
        var bytes = record.Payload;
        var length = bytes.Length > Overhead && bytes.Span[0] == Version ? BinaryPrimitives.ReadInt32BigEndian(bytes.Span[1..]) : -1;
        if (length < 0 || length > bytes.Length - Overhead)
        {
            throw new InvalidDataException($"Record {record.Index} of the anchoring journal is no anchoring.");
        }

        var anchoring = JsonSerializer.Deserialize<Anchoring>(bytes.Span.Slice(Overhead, length), JsonDefaults.Tolerant)
            ?? throw new InvalidDataException($"Record {record.Index} of the anchoring journal is null.");
        return (anchoring, bytes[(Overhead + length)..]);
    }
}
