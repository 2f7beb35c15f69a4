using Lucid.Contracts.Sessions;

namespace Lucid.SessionPipeline.Domain;

/// <summary>A session as its pipeline keeps it. Chunks stand in ledger pages; sums over them are derived, not kept.</summary>
public sealed record Session
{
    public required string SessionId { get; init; }
    public required string OwnerId { get; init; }
    public required string Name { get; init; }
    public string? Description { get; init; }
    public required string State { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? StartingAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? StoppedAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
    public string? EndReason { get; init; }
    public int Epoch { get; init; }
    public required RecordingConfig RecordingConfig { get; init; }
    public required StorageConfig StorageConfig { get; init; }
    public required SessionMetadata Metadata { get; init; }
    public required string Custody { get; init; }
    public required IReadOnlyList<KeyRecipient> Recipients { get; init; }
    public ConsentReference? Consent { get; init; }
    public string? PolicyHash { get; init; }

    /// <summary>UUID of the data key, in every chunk header and in the manifest.</summary>
    public required string DataKeyId { get; init; }

    /// <summary>Chunks the recording has, known once the recorder has ended it.</summary>
    public int? ExpectedChunks { get; init; }

    public long DurationMs { get; init; }
    public IReadOnlyList<PauseInterval> Pauses { get; init; } = [];
    public SessionFailure? Failure { get; init; }

    /// <summary>Set once manifest and key envelopes are stored: from then on nothing needs the working key.</summary>
    public Finalisation? Finalisation { get; init; }

    public required Anchoring Anchoring { get; init; }

    /// <summary>The recorder has forgotten the session.</summary>
    public bool Cleaned { get; init; }

    /// <summary>An operator chose to finish without the chunks that could not be stored.</summary>
    public bool Incomplete { get; init; }

    /// <summary>Nothing is left to do, ever, once the plan has no step.</summary>
    public bool IsSettled => State switch
    {
        SessionStates.Completed => Cleaned && Anchoring.State == AnchorStates.Confirmed,
        SessionStates.Failed => !Incomplete,
        SessionStates.Created or SessionStates.Deleted or SessionStates.Cancelled => true,
        _ => false,
    };
}

/// <param name="To">Null while it lasts; milliseconds since the start.</param>
public sealed record PauseInterval(long From, long? To);

/// <summary>The signed manifest of a finished recording; the anchor repeats its times.</summary>
public sealed record Finalisation(
    int ManifestVersion, string ManifestHash, string MerkleRoot, int ChunkCount, long SizeBytes, long FrameCount,
    DateTimeOffset CreatedAt, DateTimeOffset StartedAt, DateTimeOffset EndedAt);

/// <param name="State">One of <see cref="AnchorStates"/>.</param>
/// <param name="Attempts">Failed attempts in a row, for the back-off.</param>
public sealed record Anchoring(
    string State, int Attempts = 0, DateTimeOffset? NextAttempt = null, string? TransactionId = null, long? BlockHeight = null, string? BlockHash = null)
{
    public static Anchoring None { get; } = new(AnchorStates.None);

    private static readonly TimeSpan MaxDelay = TimeSpan.FromHours(1);

    /// <summary>After a failed attempt: 5 s, doubled each time, at most 1 h, for ever.</summary>
    public Anchoring Postpone(DateTimeOffset now) => this with
    {
        Attempts = Attempts + 1,
        NextAttempt = now + TimeSpan.FromSeconds(Math.Min(5 * Math.Pow(2, Math.Min(Attempts, 12)), MaxDelay.TotalSeconds)),
    };
}
