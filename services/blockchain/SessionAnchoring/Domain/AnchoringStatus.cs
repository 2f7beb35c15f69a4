namespace Lucid.SessionAnchoring.Domain;

/// <summary>States of 02 §12; in answers their names in lower case.</summary>
public enum AnchoringStatus
{
    Pending,
    Processing,

    /// <summary>Terminal and immutable.</summary>
    Confirmed,
    Failed,
    Expired,
}

public enum AnchoringTrigger
{
    /// <summary>The worker took it up and signed its transaction.</summary>
    Claimed,

    /// <summary>Its transaction is final and the receipt verified.</summary>
    Confirmed,

    /// <summary>The engine refused for good, or every attempt was used up.</summary>
    Refused,

    /// <summary>24 hours since submission.</summary>
    Aged,

    /// <summary>An operator or the identical request asks again.</summary>
    Retried,
}
