namespace Lucid.ServiceDefaults;

/// <summary>Hands an event to the broker. Throws when the broker did not take it.</summary>
public interface IEventPublisher
{
    Task PublishAsync(PendingEvent pending, CancellationToken cancellationToken);
}
