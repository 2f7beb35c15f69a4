namespace Lucid.Evidence;

/// <summary>Outcome of a verification; the values are the exit codes of <c>lucid verify</c>.</summary>
public enum Verdict
{
    /// <summary>Everything holds and leads to the pinned genesis hash.</summary>
    Valid = 0,

    /// <summary>Something does not hold.</summary>
    Invalid = 1,

    /// <summary>Could not be read, or is no evidence of a known version at all.</summary>
    Unreadable = 2,

    /// <summary>Everything holds, but no genesis hash was pinned, so anybody could have made it.</summary>
    ConsistentTrustNotEstablished = 3,
}
