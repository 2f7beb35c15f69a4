namespace Lucid.Sidecar.Resources;

/// <summary>Where a value stands, for messages. Lines count from 1.</summary>
public sealed record SourceLocation(string File, int Line)
{
    public override string ToString() => $"{File}:{Line}";
}

/// <summary>A resource file that cannot be used: names file, line and field.</summary>
public sealed class ResourceException(SourceLocation location, string message) : Exception($"{location}: {message}")
{
    public SourceLocation Location { get; } = location;
}
