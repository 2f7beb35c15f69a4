namespace Lucid.ServiceDefaults;

public static class EventPublisherExtensions
{
    /// <summary>Publishes an event that belongs to no entity: it is lost if the process ends first, so nothing that matters may rest on it.</summary>
    /// <param name="key">Partition key: the id of what it is about.</param>
    public static Task PublishAsync<TData>(
        this IEventPublisher publisher, string topic, string type, string key, TData data, TimeProvider clock, CancellationToken cancellationToken) =>
        publisher.PublishAsync(PendingEvents.Create(topic, type, key, data, clock), cancellationToken);
}
