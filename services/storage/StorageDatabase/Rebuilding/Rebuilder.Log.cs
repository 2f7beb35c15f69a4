namespace Lucid.StorageDatabase.Rebuilding;

internal sealed partial class Rebuilder
{
    [LoggerMessage(EventId = 8820, Level = LogLevel.Information, Message = "The catalogue of {Owner} was compared: {Changed} documents were behind")]
    private partial void LogCopied(string owner, int changed);

    [LoggerMessage(EventId = 8821, Level = LogLevel.Information, Message = "The catalogue of {Owner} stopped at page {Page} with status {Status}; it is asked again later")]
    private partial void LogSkipped(string owner, int page, int status);

    [LoggerMessage(EventId = 8822, Level = LogLevel.Warning, Message = "The catalogue of {Owner} leads from page {Page} to page {Next}; the rest is not read")]
    private partial void LogLoop(string owner, int page, int next);

    [LoggerMessage(EventId = 8823, Level = LogLevel.Warning, Message = "The catalogue of {Owner} has a document {Id} that is not one of view {View}; it is left out")]
    private partial void LogUnreadable(string owner, string view, string id, Exception exception);
}
