using Lucid.Contracts.Sessions;

namespace Lucid.SessionPipeline.Domain;

/// <summary>The next thing to do for a session.</summary>
public enum SessionStep
{
    Nothing,

    /// <summary>starting for longer than allowed.</summary>
    GiveUpStarting,

    /// <summary>recording or paused for longer than allowed.</summary>
    StopAtLimit,

    /// <summary>Tell the recorder to end, and learn the number of chunks.</summary>
    EndRecording,
    Process,

    /// <summary>Announce sealed chunks that nobody has stored yet.</summary>
    AnnounceChunks,

    /// <summary>Manifest and key envelopes into the store.</summary>
    Finalise,

    /// <summary>With owner custody destroy the working key; then the session is completed.</summary>
    Complete,

    /// <summary>A chunk failed for good, or nothing was recorded.</summary>
    Fail,
    SubmitAnchor,
    FetchAnchor,
    Clean,
}

/// <summary>What follows from a session and its ledger; a pure function, asked again after every step.</summary>
public static class SessionPlan
{
    /// <summary>connect ticket, log-in and first fragment (03 §6.1).</summary>
    public static readonly TimeSpan StartingLimit = TimeSpan.FromSeconds(120);

    /// <summary>A pause (03 §6.1).</summary>
    public static readonly TimeSpan PauseLimit = TimeSpan.FromMinutes(30);

    public static SessionStep Next(Session session, IReadOnlyList<ChunkLedgerEntry> ledger, DateTimeOffset now, TimeSpan recordingLimit) => session.State switch
    {
        SessionStates.Starting => now - session.StartingAt > StartingLimit ? SessionStep.GiveUpStarting : SessionStep.Nothing,
        SessionStates.Recording or SessionStates.Paused when LimitOf(session, now, recordingLimit) is not null => SessionStep.StopAtLimit,
        SessionStates.Recording or SessionStates.Paused => ledger.Any(entry => entry.Status == "sealed") ? SessionStep.AnnounceChunks : SessionStep.Nothing,
        SessionStates.Stopped => session.ExpectedChunks is null ? SessionStep.EndRecording : SessionStep.Process,
        SessionStates.Processing => Processing(session, ledger),
        SessionStates.Completed when session.Anchoring.State is AnchorStates.None or AnchorStates.Pending =>
            Due(session, now) ? SessionStep.SubmitAnchor : session.Cleaned ? SessionStep.Nothing : SessionStep.Clean,
        SessionStates.Completed when !session.Cleaned => SessionStep.Clean,
        SessionStates.Completed when session.Anchoring.State != AnchorStates.Confirmed => Due(session, now) ? SessionStep.FetchAnchor : SessionStep.Nothing,
        SessionStates.Cancelled when !session.Cleaned && session.Epoch > 0 => SessionStep.Clean,

        SessionStates.Failed when session.Incomplete => session.Finalisation is null ? SessionStep.Finalise : SessionStep.Complete,

        // What was recorded of a failed session stays for a retry, until it is deleted.
        SessionStates.Failed when !session.Cleaned && session.Epoch > 0 && ledger.Count == 0 => SessionStep.Clean,
        _ => SessionStep.Nothing,
    };

    /// <summary>Why a recording must end now, as its end reason; null while it may go on.</summary>
    public static string? LimitOf(Session session, DateTimeOffset now, TimeSpan recordingLimit)
    {
        var elapsed = now - (session.StartedAt ?? now);
        if (elapsed > recordingLimit)
        {
            return "duration_limit";
        }

        return session.Pauses is [.., { To: null } pause] && elapsed - TimeSpan.FromMilliseconds(pause.From) > PauseLimit ? "pause_limit" : null;
    }

    private static SessionStep Processing(Session session, IReadOnlyList<ChunkLedgerEntry> ledger)
    {
        if (session.Finalisation is not null)
        {
            return SessionStep.Complete;
        }

        if (session.ExpectedChunks == 0 || ledger.Any(entry => entry.Status == "failed"))
        {
            return SessionStep.Fail;
        }

        return ledger.Count == session.ExpectedChunks && ledger.All(entry => entry.Status == "stored") ? SessionStep.Finalise : SessionStep.AnnounceChunks;
    }

    private static bool Due(Session session, DateTimeOffset now) => session.Anchoring.NextAttempt is not { } at || at <= now;
}
