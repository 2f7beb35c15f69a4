using System.Buffers.Binary;
using System.Numerics;

namespace Lucid.Journal;

/// <summary>CRC-32C (Castagnoli, RFC 3720 §B.4), in hardware where the processor has it.</summary>
internal static class Crc32C
{
    public const uint Initial = 0xFFFF_FFFF;

    public static uint Append(uint state, ReadOnlySpan<byte> data)
    {
        while (data.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (byte value in data)
        {
            state = BitOperations.Crc32C(state, value);
        }

        return state;
    }

    public static uint Finish(uint state) => ~state;
}
