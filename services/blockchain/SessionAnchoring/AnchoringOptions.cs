using System.ComponentModel.DataAnnotations;

namespace Lucid.SessionAnchoring;

/// <summary>Settings of anchoring (02 §2).</summary>
public sealed record AnchoringOptions
{
    /// <summary>Folder of the journal of anchorings and receipts, of the owners' salts and of the pinned genesis document.</summary>
    [Required]
    public string MerkleStoragePath { get; set; } = "/data/merkle";

    /// <summary>64 hex; the only chain receipts are accepted from. Without it the first chain that answers is pinned.</summary>
    [RegularExpression("[0-9a-f]{64}")]
    public string? GenesisHash { get; set; }

    /// <summary>Anchorings claimed at once; 1–100.</summary>
    [Range(1, 100)]
    public int AnchoringBatchSize { get; set; } = 10;

    /// <summary>Seconds a submitted transaction may take before it is sent again; 1–600.</summary>
    [Range(1, 600)]
    public int AnchoringTimeout { get; set; } = 60;
}
