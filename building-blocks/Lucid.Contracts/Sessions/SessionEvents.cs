namespace Lucid.Contracts.Sessions;

/// <summary>Data of <c>chunk.sealed</c>: a reference; the processor asks the pipeline and the recorder for the rest.</summary>
public sealed record ChunkNotice(string SessionId, int Index, int Epoch);

/// <summary>Data of every <c>session.*</c> event: the whole view, so that the read model needs no call back. A reader keeps the highest <see cref="SessionView.Version"/>.</summary>
public sealed record SessionNotice(SessionView Session);

/// <summary>Data of <c>session.consent-granted</c> and <c>session.consent-revoked</c>.</summary>
public sealed record ConsentNotice(string ConsentId, string SubjectId, string? SessionId);
