using System.ComponentModel.DataAnnotations;
using Lucid.ServiceDefaults;

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

    /// <summary>Ed25519 seed, base64, mostly as <c>ANCHOR_SIGNING_KEY_FILE</c>; without it the secret <c>anchor-signing-key</c> of the secret store.</summary>
    [Secret]
    public string? AnchorSigningKey { get; set; }

    /// <summary>Anchorings claimed at once; 1–100.</summary>
    [Range(1, 100)]
    public int AnchoringBatchSize { get; set; } = 10;

    /// <summary>Seconds a submitted transaction may take before it is sent again; 1–600.</summary>
    [Range(1, 600)]
    public int AnchoringTimeout { get; set; } = 60;
}
