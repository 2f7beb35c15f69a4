namespace Lucid.Sidecar.Certificates;

public enum PeerOutcome
{
    /// <summary>The certificate is of our authority and names an app.</summary>
    Identified,
    NoCertificate,

    /// <summary>Another authority, out of its time, or not made for this use.</summary>
    Untrusted,

    /// <summary>Our authority, but no or no well-formed identity; access control denies it.</summary>
    Malformed,
}

/// <param name="Identity">Set when <see cref="PeerOutcome.Identified"/>, otherwise null.</param>
public sealed record PeerVerdict(PeerOutcome Outcome, SpiffeId? Identity = null);
