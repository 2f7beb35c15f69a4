namespace Lucid.ServiceDefaults.Users;

internal sealed partial class JwksCache
{
    [LoggerMessage(EventId = 1301, Level = LogLevel.Warning, Message = "The auth service's keys could not be read")]
    private partial void LogUnread();
}
