namespace Lucid.Evidence;

/// <summary>Compression of the payload before encryption; the values are those of the header byte.</summary>
public enum ChunkCompression
{
    None = 0,
    Zstd = 1,
}
