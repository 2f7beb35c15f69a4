namespace Lucid.Evidence;

/// <summary>What was wrong first. The names are stable: reports print them in snake case.</summary>
public enum EvidenceFault
{
    None,

    /// <summary>Not JSON of the restricted profile (RFC 8785 with integers only, depth ≤ 8).</summary>
    JsonMalformed,

    /// <summary>JSON, but not in its one canonical spelling.</summary>
    JsonNotCanonical,

    /// <summary>A field is missing, unknown, of the wrong type or out of range.</summary>
    JsonField,

    /// <summary>A fixed binary layout is too short, too long or has an impossible value.</summary>
    BinaryMalformed,
    KeyInvalid,
    ChunkHeader,
    ChunkLength,
    ChunkTag,
    ChunkPlainLength,
    ChunkTooLarge,
    EnvelopeInvalid,
    ManifestInvalid,
    ManifestSignature,
    ManifestKeyUnknown,
    GenesisInvalid,
    GenesisMismatch,
    TransactionInvalid,
    TransactionSignature,
    BlockInvalid,
    BlockSignature,
    CommitInvalid,
    CommitSignature,
    QuorumMissing,
    AuthorityInvalid,
    ReceiptInvalid,
    InclusionInvalid,
    ConsistencyInvalid,
    AnchorMismatch,
    AnchorSignature,
    WitnessInvalid,
    KnownHeadContradicted,
    MerkleInvalid,
    BundleFraming,
    BundleIndex,
    BundleTruncated,
    EntryMismatch,
    ChunkMismatch,
    KeysInvalid,
    ReadmeInvalid,
    NotABundle,
    ReadFailed,
}
