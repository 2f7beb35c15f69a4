namespace Lucid.ServiceDefaults.Entities;

internal sealed partial class Outbox
{
    [LoggerMessage(EventId = 1501, Level = LogLevel.Warning, Message = "{Topic} {Type} {EventId} is not published yet; the sweep tries again")]
    private partial void LogUnpublished(Exception exception, string topic, string type, Guid eventId);
}
