namespace Lucid.Evidence;

/// <summary>A stored entry of a bundle as its framing describes it.</summary>
internal readonly record struct ZipEntry(string Path, uint Crc32, long Length)
{
    /// <summary>Bytes of the local header before the data.</summary>
    public int LocalHeaderSize => ZipFraming.LocalFixedSize + Path.Length;
}
