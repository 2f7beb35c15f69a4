namespace Lucid.Sidecar.PubSub.Cel;

/// <summary>An expression outside the supported subset of CEL, or not well formed. Position counts characters from 0.</summary>
public sealed class CelException(string expression, int position, string message)
    : Exception($"rule \"{expression}\", character {position}: {message}")
{
    public int Position { get; } = position;
}
