using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.State.Sqlite;

/// <summary>How a database file is opened; components of one process that name the same file must agree on it.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="BusyTimeout">How long to wait for a lock of another process.</param>
/// <param name="Synchronous">FULL: an acknowledged write survives a power loss. NORMAL: it survives a crash of the process only.</param>
/// <param name="WriteAheadLog">Off for file systems of a network.</param>
internal sealed record SqliteSettings(string Path, TimeSpan BusyTimeout, string Synchronous, bool WriteAheadLog)
{
    public static readonly IReadOnlySet<string> Fields = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "connectionString", "url", "busyTimeout", "disableWAL", "synchronous",
    };

    // daprd knows only the URI; the other is how .NET writes it, and daprd takes it for a part of the path.
    private static readonly string[] Prefixes = ["file:", "data source="];

    public static SqliteSettings Read(ComponentDefinition definition)
    {
        var synchronous = (definition["synchronous"] ?? "FULL").ToUpperInvariant();
        if (synchronous is not ("FULL" or "EXTRA" or "NORMAL"))
        {
            throw new ComponentException($"field synchronous: '{synchronous}' is none of FULL, EXTRA, NORMAL");
        }

        return new SqliteSettings(
            FilePath(definition),
            definition.Duration("busyTimeout", TimeSpan.FromSeconds(2)),
            synchronous,
            !definition.Flag("disableWAL"));
    }

    private static string FilePath(ComponentDefinition definition)
    {
        var text = definition["url"] is { Length: > 0 } url ? url : definition.Required("connectionString");
        if (text.Contains(":memory:", StringComparison.OrdinalIgnoreCase))
        {
            throw new ComponentException("field connectionString: a database in memory is not supported here; use the type state.in-memory");
        }

        if (text.Contains('?', StringComparison.Ordinal))
        {
            throw new ComponentException("field connectionString: options after '?' are not supported here; use the fields busyTimeout, disableWAL and synchronous");
        }

        foreach (var prefix in Prefixes)
        {
            if (text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                text = text[prefix.Length..];
                break;
            }
        }

        return System.IO.Path.GetFullPath(text, definition.BaseDirectory);
    }
}
