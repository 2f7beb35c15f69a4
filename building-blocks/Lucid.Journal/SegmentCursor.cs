using System.Buffers;

namespace Lucid.Journal;

/// <summary>Reads the records of one segment in order, never looking past <c>limit</c>.</summary>
internal sealed class SegmentCursor(IJournalFile file, SegmentHeader header, RecordPosition start) : IDisposable
{
    private const int BufferSize = 128 << 10;

    private readonly uint _checksumSeed = header.ChecksumSeed;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private long _bufferOffset = start.Offset;
    private int _buffered;

    public long NextIndex { get; private set; } = start.Index;

    public long Offset { get; private set; } = start.Offset;

    /// <summary>Payload of the record just read; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Payload { get; private set; }

    /// <summary>Why the last call answered <see cref="CursorState.Bad"/>.</summary>
    public string Fault { get; private set; } = "";

    public CursorState MoveNext(long limit)
    {
        if (Offset == limit)
        {
            return CursorState.End;
        }

        if (!TryBuffer(RecordFormat.HeaderSize, limit, out ReadOnlyMemory<byte> bytes))
        {
            return Bad("the file ends within the head of a record");
        }

        RecordHeader record = RecordFormat.ReadHeader(bytes.Span);
        if (!record.HasPossibleLength)
        {
            return Bad($"a record cannot have the length {record.PayloadLength}");
        }

        int size = RecordFormat.SizeOf(record.PayloadLength);
        if (!TryBuffer(size, limit, out bytes))
        {
            return Bad("the file ends within a record");
        }

        if (!RecordFormat.ChecksumMatches(bytes.Span, _checksumSeed))
        {
            return Bad("the checksum does not match");
        }

        if (record.Index != NextIndex)
        {
            return Bad($"record {record.Index} stands where record {NextIndex} belongs");
        }

        Payload = bytes.Slice(RecordFormat.HeaderSize, record.PayloadLength);
        Offset += size;
        NextIndex++;
        return CursorState.Record;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        file.Dispose();
    }

    private CursorState Bad(string fault)
    {
        Fault = fault;
        return CursorState.Bad;
    }

    private bool TryBuffer(int size, long limit, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (limit - Offset < size)
        {
            return false;
        }

        int consumed = (int)(Offset - _bufferOffset);
        if (_buffered - consumed < size && !Refill(consumed, size, limit))
        {
            return false;
        }

        bytes = _buffer.AsMemory((int)(Offset - _bufferOffset), size);
        return true;
    }

    private bool Refill(int consumed, int size, long limit)
    {
        int kept = _buffered - consumed;
        byte[] target = _buffer;
        if (size > _buffer.Length)
        {
            target = ArrayPool<byte>.Shared.Rent(size);
        }

        _buffer.AsSpan(consumed, kept).CopyTo(target);
        if (target != _buffer)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = target;
        }

        _bufferOffset = Offset;
        _buffered = kept;
        int wanted = (int)Math.Min(_buffer.Length, limit - Offset);
        while (_buffered < wanted)
        {
            int read = file.Read(_buffer.AsSpan(_buffered, wanted - _buffered), _bufferOffset + _buffered);
            if (read == 0)
            {
                break;
            }

            _buffered += read;
        }

        return _buffered >= size;
    }
}
