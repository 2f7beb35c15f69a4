namespace Lucid.BlockchainEngine.Domain;

/// <summary>Why a transaction is not accepted, or not included. The names are <c>details.reason</c> in snake case.</summary>
public enum TransactionRefusal
{
    None,
    Malformed,
    WrongNetwork,

    /// <summary>A type or subtype without rules on this chain.</summary>
    TypeNotAccepted,
    SenderNotAuthorised,
    TimestampTooOld,
    TimestampInFuture,
    SignatureInvalid,
    OwnerSignatureInvalid,

    /// <summary>(sender, nonce) belongs to another transaction.</summary>
    NonceUsed,
    SessionAlreadyAnchored,

    /// <summary>A change of keys or validators that does not follow from the ones before, or lacks approvals.</summary>
    ChangeInvalid,
    AlreadyIncluded,
    MempoolFull,
    SenderQuota,

    /// <summary>The journal does not take it; it may be sent again.</summary>
    StorageUnavailable,
}
