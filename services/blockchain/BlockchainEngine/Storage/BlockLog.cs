using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Lucid.BlockchainEngine.Domain;
using Lucid.Evidence;
using Lucid.Journal;

namespace Lucid.BlockchainEngine.Storage;

/// <summary>
/// The truth: every final block, one record each, record index = height. Record: u8 version = 1 · u32 length of the block,
/// big-endian · block · commit (02 §6). Nothing is ever removed.
/// </summary>
internal sealed class BlockLog(SegmentedLog log) : IAsyncDisposable
{
    private const byte Version = 1;
    private const int Overhead = 5;
    private const int MaxCommit = 16 * 1024;

    /// <summary>Number of blocks; the head is the one below.</summary>
    public long Count => log.EndIndex;

    public static async Task<BlockLog> OpenAsync(string directory, Genesis genesis, IJournalFileSystem files, CancellationToken cancellationToken)
    {
        var options = new JournalOptions { MaxRecordBytes = Overhead + genesis.Limits.BlockSizeBytes + MaxCommit, FileSystem = files };
        return new BlockLog(await SegmentedLog.OpenAsync(directory, options, cancellationToken));
    }

    /// <summary>Completes when the block is durable.</summary>
    /// <exception cref="JournalException">DiskFull: refused without a trace. Anything else: open the log again before another block is signed.</exception>
    public async Task AppendAsync(FinalBlock block, CancellationToken cancellationToken)
    {
        var index = await log.AppendAsync(Encode(block), cancellationToken);
        if (index != block.Header.Height)
        {
            throw new ChainDamageException($"Block {block.Header.Height} became record {index} of the block log.");
        }
    }

    /// <summary>Null when there is no such block.</summary>
    public async Task<FinalBlock?> ReadAsync(long height, CancellationToken cancellationToken) =>
        await log.GetAsync(height, cancellationToken) is { } record ? Decode(record) : null;

    public async IAsyncEnumerable<FinalBlock> ReadFromAsync(long height, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var record in log.ReadAsync(height, cancellationToken))
        {
            yield return Decode(record);
        }
    }

    /// <summary>The blocks from a height on, then each new one.</summary>
    public async IAsyncEnumerable<FinalBlock> TailAsync(long height, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var record in log.TailAsync(height, cancellationToken))
        {
            yield return Decode(record);
        }
    }

    public ValueTask DisposeAsync() => log.DisposeAsync();

    private static byte[] Encode(FinalBlock final)
    {
        var block = final.Block.Encode();
        var commit = final.Commit.Encode();
        var record = new byte[Overhead + block.Length + commit.Length];
        record[0] = Version;
        BinaryPrimitives.WriteInt32BigEndian(record.AsSpan(1), block.Length);
        block.CopyTo(record, Overhead);
        commit.CopyTo(record, Overhead + block.Length);
        return record;
    }

    private static FinalBlock Decode(JournalRecord record)
    {
        var bytes = record.Payload.Span;
        var length = bytes.Length > Overhead && bytes[0] == Version ? BinaryPrimitives.ReadInt32BigEndian(bytes[1..]) : -1;
        if (length < 0 || length > bytes.Length - Overhead)
        {
            throw new ChainDamageException($"Record {record.Index} of the block log is no block.");
        }

        try
        {
            var final = new FinalBlock(Block.Decode(bytes.Slice(Overhead, length)), Commit.Decode(bytes[(Overhead + length)..]));
            return final.Header.Height == record.Index
                ? final
                : throw new ChainDamageException($"Record {record.Index} of the block log holds block {final.Header.Height}.");
        }
        catch (EvidenceException refused)
        {
            throw new ChainDamageException($"Record {record.Index} of the block log cannot be read: {refused.Message}", refused);
        }
    }
}
