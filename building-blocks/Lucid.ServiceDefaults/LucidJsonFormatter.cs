using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Lucid.ServiceDefaults;

/// <summary>
/// A log line as one JSON object (operations §14): <c>timestamp, level, service, request_id, user_id, message</c>, always in this order and
/// always there (null where nothing is known), then <c>logger, event_id</c> and, where there is one, <c>exception</c>.
/// </summary>
internal sealed class LucidJsonFormatter(ServiceRuntime runtime, TimeProvider clock, IHttpContextAccessor current) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "lucid-json";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("timestamp", clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", NameOf(logEntry.LogLevel));
            json.WriteString("service", runtime.ServiceName);
            json.WriteString("request_id", RequestId.Current);
            json.WriteString("user_id", current.HttpContext?.User.FindFirst("sub")?.Value);
            json.WriteString("message", logEntry.Formatter(logEntry.State, logEntry.Exception));
            json.WriteString("logger", logEntry.Category);
            json.WriteNumber("event_id", logEntry.EventId.Id);
            if (logEntry.Exception is { } exception)
            {
                json.WriteString("exception", exception.ToString());
            }

            json.WriteEndObject();
        }

        textWriter.WriteLine(System.Text.Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length));
    }

    // The words of LOG_LEVEL.
    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Warning => "WARN",
        LogLevel.Error => "ERROR",
        LogLevel.Critical => "FATAL",
        _ => "INFO",
    };
}
