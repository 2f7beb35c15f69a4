namespace Lucid.Sidecar.PubSub.Broker;

/// <param name="Concurrency">Messages handled at once.</param>
/// <param name="RedeliverInterval">Pause after the first failure.</param>
/// <param name="MaxDeliveryAttempts">0: no bound.</param>
internal sealed record SubscriptionSettings(int Concurrency, TimeSpan RedeliverInterval, int MaxDeliveryAttempts);
