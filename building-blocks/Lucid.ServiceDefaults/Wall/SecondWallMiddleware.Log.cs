namespace Lucid.ServiceDefaults.Wall;

internal sealed partial class SecondWallMiddleware
{
    [LoggerMessage(EventId = 1201, Level = LogLevel.Warning, Message = "Second wall: {Verdict} for {Method} {Template} by {Caller}")]
    private partial void LogRefused(Verdict verdict, string method, string template, string caller);
}
