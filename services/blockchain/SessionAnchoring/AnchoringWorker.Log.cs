using Lucid.Evidence;

namespace Lucid.SessionAnchoring;

public sealed partial class AnchoringWorker
{
    [LoggerMessage(2101, LogLevel.Information, "Receipts are accepted from the chain of genesis {Hash} only")]
    private partial void LogPinned(Digest hash);

    [LoggerMessage(2102, LogLevel.Critical, "The engine serves the chain of genesis {Hash}, which is not the pinned one: nothing is sent to it")]
    private partial void LogWrongChain(Digest hash);

    [LoggerMessage(2103, LogLevel.Warning, "The anchor signing key is not in the genesis document; the chain must have added it since")]
    private partial void LogKeyNotListed();

    [LoggerMessage(2104, LogLevel.Warning, "The engine did not answer: {Status} {Reason}; anchorings wait")]
    private partial void LogEngineDown(int status, string reason);

    [LoggerMessage(2105, LogLevel.Critical, "The engine's evidence for session {Session} does not verify")]
    private partial void LogFalseEvidence(Exception exception, Guid session);

    [LoggerMessage(2106, LogLevel.Information, "Session {Session} is anchored in block {Height}")]
    private partial void LogConfirmed(Guid session, long height);

    [LoggerMessage(2107, LogLevel.Error, "Anchoring of session {Session} failed: {Reason}")]
    private partial void LogFailed(Guid session, string reason);

    [LoggerMessage(2108, LogLevel.Error, "The journal of anchorings has no room; free space on its volume")]
    private partial void LogDiskFull(Exception exception);

    [LoggerMessage(2109, LogLevel.Trace, "Nothing to anchor")]
    private partial void LogIdle();
}
