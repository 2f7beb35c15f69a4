using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Lucid.Sidecar.PubSub.Broker;

/// <summary>Writes the fields of a <see cref="BrokerRecord"/>.</summary>
internal readonly struct RecordWriter
{
    private readonly ArrayBufferWriter<byte> buffer;

    public RecordWriter(byte kind, int capacity)
    {
        buffer = new ArrayBufferWriter<byte>(capacity);
        buffer.GetSpan(1)[0] = kind;
        buffer.Advance(1);
    }

    public void Int(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer.GetSpan(sizeof(int)), value);
        buffer.Advance(sizeof(int));
    }

    public void Long(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(sizeof(long)), value);
        buffer.Advance(sizeof(long));
    }

    public void Longs(IReadOnlyList<long> values)
    {
        Int(values.Count);
        foreach (var value in values)
        {
            Long(value);
        }
    }

    public void Text(string value)
    {
        Int(Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, buffer);
    }

    public void Bytes(ReadOnlySpan<byte> value) => buffer.Write(value);

    public byte[] ToArray() => buffer.WrittenSpan.ToArray();
}
