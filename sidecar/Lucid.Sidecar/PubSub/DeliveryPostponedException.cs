namespace Lucid.Sidecar.PubSub;

/// <summary>The app could not be reached for so long that the message goes back to the broker: no attempt was made, none is counted.</summary>
public sealed class DeliveryPostponedException(string message) : Exception(message);
