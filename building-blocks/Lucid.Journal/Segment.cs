using System.Globalization;

namespace Lucid.Journal;

/// <summary>One file of the journal and how much of it is durable.</summary>
internal sealed class Segment(string path, SegmentHeader header, long endIndex, long length)
{
    public const string Extension = ".journal";

    private long _endIndex = endIndex;
    private long _length = length;

    public string Path { get; } = path;

    public SegmentHeader Header { get; } = header;

    public long FirstIndex => Header.FirstIndex;

    /// <summary>Index after the last durable record.</summary>
    public long EndIndex => Volatile.Read(ref _endIndex);

    /// <summary>Bytes up to the end of the last durable record.</summary>
    public long Length => Volatile.Read(ref _length);

    public SparseIndex Index { get; } = new(header.FirstIndex);

    public void Extend(long endIndex, long length)
    {
        Volatile.Write(ref _length, length);
        Volatile.Write(ref _endIndex, endIndex);
    }

    public static string NameOf(long firstIndex) => firstIndex.ToString("D20", CultureInfo.InvariantCulture) + Extension;

    public static long? FirstIndexOf(string name) =>
        name.Length == 20 + Extension.Length
        && long.TryParse(name.AsSpan(0, 20), NumberStyles.None, CultureInfo.InvariantCulture, out long index)
            ? index
            : null;
}
