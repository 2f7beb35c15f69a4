namespace Lucid.Sidecar.Cli;

/// <summary>daprd's names of log levels.</summary>
internal static class LogLevels
{
    private static readonly Dictionary<string, LogLevel> ByName = new(StringComparer.Ordinal)
    {
        ["debug"] = LogLevel.Debug, ["info"] = LogLevel.Information, ["warn"] = LogLevel.Warning, ["warning"] = LogLevel.Warning,
        ["error"] = LogLevel.Error, ["fatal"] = LogLevel.Critical,
    };

    /// <exception cref="UsageException">Not such a name.</exception>
    public static LogLevel Parse(string name) => ByName.TryGetValue(name, out var level)
        ? level
        : throw new UsageException($"--log-level {name}: must be one of {string.Join(", ", ByName.Keys)}");
}
