namespace Lucid.Evidence;

/// <summary>Result of verifying a bundle. What was not reached before the first failure is null.</summary>
public sealed record VerificationReport
{
    public required Verdict Verdict { get; init; }

    /// <summary>0 valid, 1 invalid, 2 unreadable, 3 consistent but trust not established.</summary>
    public int ExitCode => (int)Verdict;

    /// <summary>The first thing wrong.</summary>
    public EvidenceFault Fault { get; init; }

    /// <summary>Stable name of <see cref="Fault"/>, for instance <c>entry_mismatch</c>; null when nothing is wrong.</summary>
    public string? Code => Fault == EvidenceFault.None ? null : Fault.Code();

    /// <summary>A sentence: the first thing wrong, or that everything holds.</summary>
    public required string Message { get; init; }

    /// <summary>Entry of the archive in which the first thing wrong was found.</summary>
    public string? Entry { get; init; }

    /// <summary>Chunk in which the first thing wrong was found.</summary>
    public long? ChunkIndex { get; init; }

    public Guid? SessionId { get; init; }

    public Digest? MerkleRoot { get; init; }

    public Digest? ManifestHash { get; init; }

    public string? ManifestKid { get; init; }

    /// <summary>"owner" or "owner+platform".</summary>
    public string? Custody { get; init; }

    /// <summary>The recording itself says that something is missing or was cut off.</summary>
    public bool? Incomplete { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Chunks and encrypted bytes that were read and hashed.</summary>
    public int ChunksVerified { get; init; }

    public long BytesVerified { get; init; }

    public string? NetworkName { get; init; }

    public Digest? GenesisHash { get; init; }

    public long? BlockHeight { get; init; }

    public Digest? BlockHash { get; init; }

    public DateTimeOffset? BlockTime { get; init; }

    /// <summary>Height of the later head in the receipt.</summary>
    public long? HeadHeight { get; init; }

    /// <summary>"owner" or "platform": who signed the anchor.</summary>
    public string? SignedBy { get; init; }

    /// <summary>Who vouches, for instance "5 of 7 validators, + 1 witness".</summary>
    public string? VouchedBy { get; init; }

    /// <summary>What that cannot show.</summary>
    public string? CannotShow { get; init; }

    public int KnownHeadsAgreeing { get; init; }

    public int KnownHeadsNotComparable { get; init; }
}
