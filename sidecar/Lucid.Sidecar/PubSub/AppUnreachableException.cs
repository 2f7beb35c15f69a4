namespace Lucid.Sidecar.PubSub;

/// <summary>The app does not answer on its port: nothing was decided about the message.</summary>
internal sealed class AppUnreachableException(Exception inner) : Exception("the app cannot be reached", inner);
