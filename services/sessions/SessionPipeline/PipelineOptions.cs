namespace Lucid.SessionPipeline;

/// <summary>Which chain this platform anchors on. A receipt of another chain is refused.</summary>
public sealed record PipelineOptions
{
    /// <summary>The genesis document.</summary>
    public string? GenesisFile { get; set; }

    /// <summary>The genesis hash, 64 hex, instead of the document.</summary>
    public string? GenesisHash { get; set; }
}
