namespace Lucid.Journal;

/// <summary>
/// Tells an unfinished write from damage. A crash may leave any part of the last, never acknowledged batch on the device,
/// so whole records of that batch may follow a broken one. A whole record of a <em>later</em> batch cannot: it was written
/// only after the broken one had become durable.
/// </summary>
internal static class TornTail
{
    /// <summary>Offset of a record that proves record <paramref name="brokenIndex"/> was once durable, or null.</summary>
    public static long? FindLaterBatch(IJournalFile file, SegmentHeader header, long brokenOffset, long brokenIndex)
    {
        byte[] tail = ReadFrom(file, brokenOffset);
        uint checksumSeed = header.ChecksumSeed;
        for (int at = 1; at <= tail.Length - RecordFormat.Overhead; at++)
        {
            RecordHeader record = RecordFormat.ReadHeader(tail.AsSpan(at));
            bool isLaterBatch = record.BatchPosition >= 0
                && record.BatchFirstIndex > brokenIndex
                && record.Index - brokenIndex <= at; // a record has more than one byte
            if (isLaterBatch
                && record.HasPossibleLength
                && RecordFormat.SizeOf(record.PayloadLength) <= tail.Length - at
                && RecordFormat.ChecksumMatches(tail.AsSpan(at, RecordFormat.SizeOf(record.PayloadLength)), checksumSeed))
            {
                return brokenOffset + at;
            }
        }

        return null;
    }

    private static byte[] ReadFrom(IJournalFile file, long offset)
    {
        byte[] bytes = new byte[checked((int)(file.Length - offset))];
        int count = 0;
        while (count < bytes.Length)
        {
            int read = file.Read(bytes.AsSpan(count), offset + count);
            if (read == 0)
            {
                return bytes[..count];
            }

            count += read;
        }

        return bytes;
    }
}
