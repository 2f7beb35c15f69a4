using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging.Console;

namespace Lucid.ServiceDefaults;

/// <summary>JSON lines in a container or with <c>LOG_FORMAT=json</c>, plain single lines elsewhere; level from <c>LOG_LEVEL</c>.</summary>
internal static class LucidLogging
{
    public static void AddLucidLogging(this WebApplicationBuilder builder, Action<string> fault)
    {
        var settings = EnvironmentReader.Read<LogSettings>(builder.Configuration, fault);
        var level = settings.LogLevel.ToUpperInvariant() switch
        {
            "TRACE" => LogLevel.Trace,
            "DEBUG" => LogLevel.Debug,
            "WARN" or "WARNING" => LogLevel.Warning,
            "ERROR" => LogLevel.Error,
            _ => LogLevel.Information,
        };
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(level);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("System", LogLevel.Warning);
        builder.Logging.AddFilter("Polly", LogLevel.Warning);
        builder.Logging.AddFilter("Grpc", LogLevel.Warning);
        builder.Logging.AddFilter("Dapr", LogLevel.Warning);
        builder.Logging.AddFilter("Yarp", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        if (settings.LogFormat == "json" || (settings.LogFormat is null && settings.DotnetRunningInContainer))
        {
            builder.Logging.AddConsole(console => console.FormatterName = LucidJsonFormatter.FormatterName);
            builder.Logging.AddConsoleFormatter<LucidJsonFormatter, ConsoleFormatterOptions>();
        }
        else
        {
            builder.Logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "HH:mm:ss.fff ";
                console.ColorBehavior = Console.IsOutputRedirected ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Default;
            });
        }
    }

    private sealed record LogSettings
    {
        [AllowedValues("TRACE", "DEBUG", "INFO", "WARN", "WARNING", "ERROR", "trace", "debug", "info", "warn", "warning", "error")]
        public string LogLevel { get; init; } = "INFO";

        [AllowedValues("json", "text", null)]
        public string? LogFormat { get; init; }

        public bool DotnetRunningInContainer { get; init; }
    }
}
