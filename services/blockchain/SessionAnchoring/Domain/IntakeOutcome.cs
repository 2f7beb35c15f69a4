namespace Lucid.SessionAnchoring.Domain;

/// <summary>What became of a request.</summary>
internal enum IntakeResult
{
    /// <summary>New, or taken up again after it had failed.</summary>
    Accepted,

    /// <summary>The identical request was there already.</summary>
    Repeated,

    /// <summary>The session is being anchored, or is anchored, with other content.</summary>
    Different,
    OwnerSignatureInvalid,
}

internal readonly record struct IntakeOutcome(IntakeResult Result, Anchoring? Anchoring = null);
