namespace Lucid.SessionAnchoring.Domain;

/// <summary><c>details.reason</c> of the engine's refusals that are acted on.</summary>
internal static class EngineReasons
{
    public const string NonceUsed = "nonce_used";
    public const string SessionAlreadyAnchored = "session_already_anchored";
    public const string TimestampTooOld = "timestamp_too_old";
    public const string MempoolFull = "mempool_full";
    public const string SenderQuota = "sender_quota";
    public const string TransactionUnknown = "transaction_unknown";
}
