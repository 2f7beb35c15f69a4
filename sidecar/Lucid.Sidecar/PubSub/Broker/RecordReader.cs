using System.Buffers.Binary;
using System.Text;

namespace Lucid.Sidecar.PubSub.Broker;

/// <summary>Reads the fields of a <see cref="BrokerRecord"/> in the order they were written.</summary>
internal struct RecordReader(ReadOnlyMemory<byte> bytes)
{
    private ReadOnlyMemory<byte> rest = bytes;

    public byte Byte() => Take(1).Span[0];

    public int Int() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)).Span);

    public long Long() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)).Span);

    public long[] Longs()
    {
        var values = new long[Int()];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Long();
        }

        return values;
    }

    public string Text() => Encoding.UTF8.GetString(Take(Int()).Span);

    public readonly ReadOnlyMemory<byte> Rest() => rest;

    private ReadOnlyMemory<byte> Take(int count)
    {
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
