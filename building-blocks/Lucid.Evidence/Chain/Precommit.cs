namespace Lucid.Evidence;

/// <summary>One validator's signature over the precommit bytes of a <see cref="Commit"/>.</summary>
public sealed record Precommit(Digest ValidatorId, Signature64 Signature);
