namespace Lucid.Sidecar.Components;

/// <summary>A component cannot be opened; the message names the field. The registry adds file and line.</summary>
public sealed class ComponentException(string message, Exception? inner = null) : Exception(message, inner);
