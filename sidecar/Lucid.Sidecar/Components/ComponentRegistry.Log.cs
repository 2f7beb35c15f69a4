namespace Lucid.Sidecar.Components;

public sealed partial class ComponentRegistry
{
    [LoggerMessage(2711, LogLevel.Warning, "component {Component} is left out, as its ignoreErrors asks: {Problem}")]
    private partial void LogIgnored(string component, string problem);

    [LoggerMessage(2712, LogLevel.Warning, "a component that was given up failed later")]
    private partial void LogClosedLate(Exception failure);
}
