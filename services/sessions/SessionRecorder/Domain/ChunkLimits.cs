namespace Lucid.SessionRecorder.Domain;

/// <summary>Sizes of the LCK1 format that sealing must respect.</summary>
public static class ChunkLimits
{
    private const int Header = 96;
    private const int Segment = 65_536;
    private const int Tag = 16;

    /// <summary>A chunk is cut when its first unit is this old, even if it is small.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);

    /// <summary>Largest payload whose encrypted file has at most <paramref name="fileSize"/> bytes.</summary>
    public static int MaxPayload(int fileSize)
    {
        var available = fileSize - Header;
        var whole = available / (Segment + Tag);
        var rest = available - (whole * (Segment + Tag)) - Tag;
        return (whole * Segment) + Math.Max(0, rest);
    }

    /// <summary>Most encrypted bytes that <paramref name="payload"/> makes in <paramref name="chunks"/> files.</summary>
    public static long MaxTotal(long payload, long chunks) => payload + (Tag * (payload / Segment)) + (chunks * (Header + Tag));

    /// <summary>Encrypted file size of a payload.</summary>
    public static long FileSize(long payload) => Header + payload + (Tag * Math.Max(1, (payload + Segment - 1) / Segment));
}
