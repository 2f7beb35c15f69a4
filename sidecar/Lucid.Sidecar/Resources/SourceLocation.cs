namespace Lucid.Sidecar.Resources;

/// <summary>Where a value stands, for messages. Lines count from 1; 0 means the file or folder as a whole.</summary>
public sealed record SourceLocation(string File, int Line)
{
    public override string ToString() => Line == 0 ? File : $"{File}:{Line}";
}

/// <summary>A resource file that cannot be used: names file, line and field.</summary>
public sealed class ResourceException(SourceLocation location, string message) : Exception($"{location}: {message}")
{
    public SourceLocation Location { get; } = location;
}
