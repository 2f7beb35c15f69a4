namespace Lucid.Sidecar.PubSub;

/// <summary>A routing rule could not be decided for a message.</summary>
internal sealed class RoutingException(string message) : Exception(message);
