namespace Lucid.StorageDatabase.Endpoints;

internal static partial class QueryLog
{
    [LoggerMessage(EventId = 8810, Level = LogLevel.Error, Message = "A query of view {View} failed")]
    public static partial void LogQueryFailed(this ILogger logger, string view, Exception exception);
}
