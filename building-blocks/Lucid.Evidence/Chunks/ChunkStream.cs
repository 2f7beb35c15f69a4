namespace Lucid.Evidence;

/// <summary>What a chunk carries. The values are those of the header byte; JSON uses the lower-case names.</summary>
public enum ChunkStream
{
    /// <summary>Initialisation segment of a run of fragmented MP4.</summary>
    Init = 1,

    /// <summary>Media fragments.</summary>
    Av = 2,

    /// <summary>NDJSON events.</summary>
    Events = 3,
}
