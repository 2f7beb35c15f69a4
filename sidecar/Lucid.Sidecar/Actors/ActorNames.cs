using System.Buffers;

namespace Lucid.Sidecar.Actors;

/// <summary>Which actor types, ids, methods, reminder and timer names are accepted.</summary>
internal static class ActorNames
{
    /// <summary>Types of the runtime itself; apps may neither host nor call them.</summary>
    public const string ReservedPrefix = "dapr.internal.";

    private static readonly SearchValues<char> Forbidden = SearchValues.Create("#?/\\\u007f" + string.Concat(Enumerable.Range(0, 0x20).Select(code => (char)code)));

    public static bool IsReserved(string type) => type.StartsWith(ReservedPrefix, StringComparison.Ordinal);

    /// <summary>
    /// What is wrong with a name that becomes one segment of a path and one part of a state key, or null.
    /// Beyond daprd's rule, <c>||</c> is refused: it separates the parts of a key, and an id holding it could reach another actor's state.
    /// </summary>
    public static string? Problem(string name) => name switch
    {
        "" => "name is empty",
        "." or ".." => $"name is a path traversal sequence: \"{name}\"",
        _ when name.AsSpan().ContainsAny(Forbidden) => $"name contains forbidden character: \"{Printable(name)}\"",
        _ when name.Contains("||", StringComparison.Ordinal) => $"name contains the key separator '||': \"{name}\"",
        _ => null,
    };

    private static string Printable(string name) => string.Concat(name.Select(c => char.IsControl(c) ? '\ufffd' : c));
}
