using Lucid.SessionPipeline.Domain;

namespace Lucid.SessionPipeline.Actors;

public sealed partial class SessionDrive
{
    [LoggerMessage(3201, LogLevel.Warning, "Session {Session} waits at {Step}: {Status} {Reason}")]
    private partial void LogWaiting(string session, SessionStep step, int status, string reason);

    [LoggerMessage(3202, LogLevel.Critical, "The store does not have the committed chunk {Index} of {Session}")]
    private partial void LogLost(string session, int index);

    [LoggerMessage(3204, LogLevel.Critical, "The manifest that the store holds of session {Session} is not of its ledger")]
    private partial void LogFalseManifest(string session);

    [LoggerMessage(3203, LogLevel.Critical, "The receipt of session {Session} does not verify or names another manifest")]
    private partial void LogFalseReceipt(string session);
}
