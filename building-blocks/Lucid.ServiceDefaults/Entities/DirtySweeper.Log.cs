namespace Lucid.ServiceDefaults.Entities;

internal sealed partial class DirtySweeper
{
    [LoggerMessage(EventId = 1502, Level = LogLevel.Warning, Message = "The sweep of unpublished events did not finish")]
    private partial void LogFailed(Exception exception);
}
