using System.Collections.Immutable;

namespace Lucid.Evidence;

/// <summary>What the verifier's user knows beforehand.</summary>
public sealed record VerificationOptions
{
    public static VerificationOptions TrustNothing { get; } = new();

    /// <summary>The genesis hash that is trusted; without one the best verdict is <see cref="Verdict.ConsistentTrustNotEstablished"/>.</summary>
    public Digest? PinnedGenesisHash { get; init; }

    /// <summary>Earlier receipts and tree heads; any contradiction makes the verdict invalid.</summary>
    public ImmutableArray<KnownHead> KnownHeads { get; init; } = [];

    /// <summary>Proofs that connect known heads with the receipt.</summary>
    public ImmutableArray<ConsistencyProof> ConsistencyProofs { get; init; } = [];

    /// <summary>Witnesses the user knows; others are verified too but not counted as vouching.</summary>
    public ImmutableArray<Ed25519PublicKey> KnownWitnesses { get; init; } = [];
}
