namespace Lucid.Contracts.Events;

/// <summary>Event types by topic. A type names a fact in the past; commands are calls.</summary>
public static class EventTypes
{
    // lucid.auth
    public const string UserRegistered = "user.registered";
    public const string UserUpdated = "user.updated";
    public const string UserRoleChanged = "user.role-changed";
    public const string UserSuspended = "user.suspended";
    public const string UserActivated = "user.activated";
    public const string UserDeleted = "user.deleted";
    public const string LoginSucceeded = "auth.login-succeeded";
    public const string LoginFailed = "auth.login-failed";
    public const string AuthSessionCreated = "auth.session-created";
    public const string AuthSessionRevoked = "auth.session-revoked";
    public const string TokenReuseDetected = "auth.token-reuse-detected";
    public const string KeysRotated = "auth.keys-rotated";

    // lucid.sessions
    public const string SessionCreated = "session.created";
    public const string SessionStarting = "session.starting";
    public const string SessionStarted = "session.started";
    public const string SessionPaused = "session.paused";
    public const string SessionResumed = "session.resumed";
    public const string SessionStopped = "session.stopped";
    public const string SessionProcessing = "session.processing";
    public const string SessionCompleted = "session.completed";
    public const string SessionFailed = "session.failed";
    public const string SessionTerminated = "session.terminated";
    public const string SessionDeleted = "session.deleted";
    public const string SessionUpdated = "session.updated";
    public const string SessionAnchorSubmitted = "session.anchor-submitted";
    public const string SessionAnchorConfirmed = "session.anchor-confirmed";
    public const string ConsentGranted = "session.consent-granted";
    public const string ConsentRevoked = "session.consent-revoked";
    public const string CaptureGap = "session.capture-gap";
    public const string CaptureLost = "session.capture-lost";
    public const string IntegrityFailed = "session.integrity-failed";
    public const string ChunkSealed = "chunk.sealed";
    public const string ChunkStored = "chunk.stored";
    public const string ChunkFailed = "chunk.failed";
    public const string ManifestCreated = "manifest.created";
    public const string StorageWatermark = "storage.watermark";

    // lucid.chain
    public const string BlockCreated = "block.created";
    public const string TransactionConfirmed = "transaction.confirmed";
    public const string SessionAnchored = "session.anchored";
    public const string AnchorFailed = "anchor.failed";
    public const string AnchorStatusChanged = "anchor.status-changed";
    public const string ConsensusRoundCompleted = "consensus.round-completed";
    public const string ConsensusSlotMissed = "consensus.slot-missed";
    public const string ConsensusEvidence = "consensus.evidence";
    public const string ValidatorSetChanged = "validator-set.changed";
    public const string ChainIntegrityAlert = "chain.integrity-alert";

    // lucid.gateway
    public const string RateLimitExceeded = "gateway.rate-limit-exceeded";
    public const string ClientBlocked = "gateway.client-blocked";
    public const string AccessDenied = "gateway.access-denied";
    public const string CircuitOpened = "gateway.circuit-opened";
    public const string CircuitClosed = "gateway.circuit-closed";

    // lucid.system
    public const string SystemLockdown = "system.lockdown";
    public const string SystemUnlock = "system.unlock";
    public const string SystemMaintenance = "system.maintenance";
}
