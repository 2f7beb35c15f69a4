using System.Diagnostics;
using OpenTelemetry;

namespace Lucid.Sidecar.Telemetry;

/// <summary>Spans as lines of the log: <c>spec.tracing.stdout</c>.</summary>
internal sealed partial class LoggedSpans(string appId, ILogger<LoggedSpans> log) : BaseExporter<Activity>
{
    public override ExportResult Export(in Batch<Activity> batch)
    {
        foreach (var span in batch)
        {
            if (log.IsEnabled(LogLevel.Information))
            {
                Log(span);
            }
        }

        return ExportResult.Success;
    }

    private void Log(Activity span)
    {
        var attributes = string.Join(' ', span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"));
        var (trace, id, parent, elapsed) = (span.TraceId.ToHexString(), span.SpanId.ToHexString(), span.ParentSpanId.ToHexString(), span.Duration.TotalMilliseconds);
        LogSpan(appId, span.DisplayName, span.Kind, trace, id, parent, elapsed, span.Status, attributes);
    }

    [LoggerMessage(EventId = 2103, Level = LogLevel.Information, Message = "span of {App}: {Name} {Kind} trace={Trace} span={Span} parent={Parent} ms={Milliseconds} status={Status} {Attributes}")]
    private partial void LogSpan(
        string app, string name, ActivityKind kind, string trace, string span, string parent, double milliseconds, ActivityStatusCode status, string attributes);
}
