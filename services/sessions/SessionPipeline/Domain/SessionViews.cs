using Lucid.Contracts.Sessions;

namespace Lucid.SessionPipeline.Domain;

/// <summary>The session as the outside sees it; sums come from the ledger until the manifest fixes them.</summary>
public static class SessionViews
{
    public static SessionView Of(Session session, long version, IReadOnlyList<ChunkLedgerEntry> ledger) => new()
    {
        SessionId = session.SessionId,
        UserId = session.OwnerId,
        Name = session.Name,
        Description = session.Description,
        State = session.State,
        AnchorStatus = session.Anchoring.State,
        CreatedAt = session.CreatedAt,
        StartedAt = session.StartedAt,
        StoppedAt = session.StoppedAt,
        CompletedAt = session.CompletedAt,
        UpdatedAt = session.UpdatedAt,
        EndReason = session.EndReason,
        Epoch = session.Epoch,
        RecordingConfig = session.RecordingConfig,
        StorageConfig = session.StorageConfig,
        Metadata = session.Metadata,
        Custody = session.Custody,
        ConsentId = session.Consent?.ConsentId,
        PolicyHash = session.PolicyHash,
        ChunkCount = session.Finalisation?.ChunkCount ?? ledger.Count,
        SizeBytes = session.Finalisation?.SizeBytes ?? ledger.Sum(entry => (long)(entry.CipherLength ?? 0)),
        FrameCount = session.Finalisation?.FrameCount ?? ledger.Sum(entry => (long)entry.Frames),
        DurationMs = session.DurationMs,
        ManifestHash = session.Finalisation?.ManifestHash,
        ManifestVersion = session.Finalisation?.ManifestVersion,
        MerkleRoot = session.Finalisation?.MerkleRoot,
        TransactionId = session.Anchoring.TransactionId,
        BlockHeight = session.Anchoring.BlockHeight,
        BlockHash = session.Anchoring.BlockHash,
        Failure = session.Failure,
        Incomplete = session.Incomplete && session.Finalisation is not null,
        Version = version,
    };
}
