using System.Diagnostics;
using Lucid.Sidecar.Resources;
using OpenTelemetry;
using OpenTelemetry.Exporter;

namespace Lucid.Sidecar.Telemetry;

/// <summary>The exporters that <c>spec.tracing</c> asks for.</summary>
internal static class SpanExporters
{
    public static IReadOnlyList<BaseProcessor<Activity>> Of(string appId, TracingSpec tracing, ILoggerFactory loggers)
    {
        if (tracing.SamplingRate is 0)
        {
            return [];
        }

        List<BaseProcessor<Activity>> processors = [];
        if (tracing.Stdout)
        {
            processors.Add(new SimpleActivityExportProcessor(new LoggedSpans(appId, loggers.CreateLogger<LoggedSpans>())));
        }

        if (tracing.Zipkin is { } zipkin)
        {
            processors.Add(new BatchActivityExportProcessor(new ZipkinSpans(appId, zipkin, loggers)));
        }

        if (tracing.Otlp is { } otlp)
        {
            processors.Add(new BatchActivityExportProcessor(new OtlpSpans(appId, otlp, loggers)));
        }

        return processors;
    }

    private static OtlpExporterOptions Options(OtlpSpec otlp)
    {
        var options = new OtlpExporterOptions
        {
            Endpoint = otlp.Endpoint,
            Protocol = otlp.Protocol == "http" ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc,
        };
        if (otlp.Headers is { } headers)
        {
            options.Headers = headers;
        }

        if (otlp.Timeout is { } timeout)
        {
            options.TimeoutMilliseconds = (int)timeout.TotalMilliseconds;
        }

        return options;
    }

    private sealed class OtlpSpans(string appId, OtlpSpec otlp, ILoggerFactory loggers) : OtlpTraceExporter(Options(otlp))
    {
        private readonly ExportReport report = new(appId, otlp.Endpoint, loggers);

        public override ExportResult Export(in Batch<Activity> activityBatch) => report.Note(base.Export(activityBatch));
    }

#pragma warning disable CS0618 // Deprecated in favour of OTLP, like Zipkin's own format: it serves the files that `dapr init` writes.
    private sealed class ZipkinSpans(string appId, Uri endpoint, ILoggerFactory loggers) : ZipkinExporter(new ZipkinExporterOptions { Endpoint = endpoint })
    {
        private readonly ExportReport report = new(appId, endpoint, loggers);

        public override ExportResult Export(in Batch<Activity> batch) => report.Note(base.Export(batch));
    }
#pragma warning restore CS0618
}

/// <summary>Says once when spans begin to be lost, and once when they arrive again.</summary>
internal sealed partial class ExportReport(string appId, Uri endpoint, ILoggerFactory loggers)
{
    private readonly ILogger<ExportReport> log = loggers.CreateLogger<ExportReport>();
    private bool failing;

    public ExportResult Note(ExportResult result)
    {
        var fails = result is ExportResult.Failure;
        if (fails != failing)
        {
            failing = fails;
            if (fails)
            {
                LogLost(log, appId, endpoint);
            }
            else
            {
                LogArriving(log, appId, endpoint);
            }
        }

        return result;
    }

    [LoggerMessage(EventId = 2101, Level = LogLevel.Warning, Message = "spans of {App} are lost: {Endpoint} does not take them; check spec.tracing and that the collector runs")]
    private static partial void LogLost(ILogger log, string app, Uri endpoint);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Information, Message = "spans of {App} arrive at {Endpoint} again")]
    private static partial void LogArriving(ILogger log, string app, Uri endpoint);
}
