namespace Lucid.Sidecar.PubSub.Broker;

/// <summary>The durable broker refuses a message, or cannot be opened. The message says what to do.</summary>
public sealed class BrokerException(string message, Exception? inner = null) : Exception(message, inner);
