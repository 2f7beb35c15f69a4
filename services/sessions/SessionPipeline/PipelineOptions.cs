using System.ComponentModel.DataAnnotations;

namespace Lucid.SessionPipeline;

/// <summary>Which chain this platform anchors on, and where the key versions lie.</summary>
public sealed record PipelineOptions
{
    /// <summary>The genesis document. A receipt of another chain is refused.</summary>
    public string? GenesisFile { get; set; }

    /// <summary>The genesis hash, 64 hex, instead of the document.</summary>
    public string? GenesisHash { get; set; }

    /// <summary>Folder of the sessions' key versions: on a volume of its own that no backup includes, and the same one for every replica.</summary>
    [Required]
    public string SessionKeyPath { get; set; } = "/data/keys";

    /// <summary>Seconds after which a recording is stopped, 60 to 86,400 (03 §12).</summary>
    [Range(60, 86_400)]
    public int SessionMaxDurationSeconds { get; set; } = 28_800;
}
