using System.Buffers.Binary;
using System.Diagnostics;
using Lucid.Sidecar.Resources;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Lucid.Sidecar.Telemetry;

/// <summary>
/// The spans of one sidecar. A span exists only when its trace is sampled and there is somewhere to send it: otherwise tracing costs
/// the passing on of a header.
/// <para>
/// The many sidecars of a process each have a source of this name and hear only their own, so that every span carries its own app as
/// <c>service.name</c>.
/// </para>
/// </summary>
internal sealed class SidecarTracer : IAsyncDisposable
{
    /// <summary>Name of daprd's tracer.</summary>
    public const string SourceName = "dapr-diagnostics";

    private const double DefaultRate = 0.0001;

    private readonly double rate;
    private readonly ActivitySource? source;
    private readonly ActivityListener? listener;
    private readonly TracerProvider? provider;

    /// <param name="processors">What takes ended spans, one for each exporter; none: no spans are made.</param>
    public SidecarTracer(string appId, TracingSpec tracing, IReadOnlyList<BaseProcessor<Activity>> processors)
    {
        rate = tracing.SamplingRate ?? DefaultRate;
        if (processors.Count == 0)
        {
            return;
        }

        source = new ActivitySource(SourceName);
        listener = new ActivityListener
        {
            ShouldListenTo = candidate => ReferenceEquals(candidate, source),
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                foreach (var processor in processors)
                {
                    processor.OnEnd(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        // Without a source of its own the provider gives the exporters their resource and shuts them down; sampling is decided here.
        var builder = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService(appId, autoGenerateServiceInstanceId: false));
        foreach (var processor in processors)
        {
            builder.AddProcessor(processor);
        }

        provider = builder.Build();
    }

    /// <summary>Passes trace context on under daprd's defaults and exports nothing.</summary>
    public static SidecarTracer None { get; } = new("", new TracingSpec(), []);

    /// <summary>False when the sampling rate is exactly 0: then headers pass unchanged and there are no spans.</summary>
    public bool IsOn => rate != 0;

    /// <summary>Whether a sampled span would go anywhere; asked before its name is made.</summary>
    public bool Exports => source is not null;

    /// <summary>The span of the code that runs now; null when it is none of a sidecar.</summary>
    public static Activity? Current => Activity.Current is { Source.Name: SourceName } span ? span : null;

    /// <summary>daprd's sampler: a sampled parent is followed; otherwise a share of all traces, decided by the last eight bytes of the trace id.</summary>
    public bool Samples(ActivityTraceId trace, ActivityTraceFlags parent)
    {
        if (parent.HasFlag(ActivityTraceFlags.Recorded) || rate >= 1)
        {
            return true;
        }

        Span<byte> bytes = stackalloc byte[16];
        trace.CopyTo(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) >> 1 < (ulong)(rate * long.MaxValue);
    }

    /// <summary>A span of a trace that is known to be sampled; null when nobody would export it.</summary>
    public Activity? Record(string name, ActivityKind kind, ActivityTraceId trace, ActivityContext parent) =>
        source?.StartActivity(name, kind, new ActivityContext(trace, parent.SpanId, ActivityTraceFlags.Recorded, parent.TraceState, isRemote: true));

    /// <summary>A span below <paramref name="traceParent"/>; null when the trace is not sampled, or nobody would export the span.</summary>
    public Activity? Start(string? traceParent, string? traceState, ActivityKind kind, string name)
    {
        if (source is null)
        {
            return null;
        }

        var trace = ActivityContext.TryParse(traceParent, traceState, out var parent) ? parent.TraceId : ActivityTraceId.CreateRandom();
        return Samples(trace, parent.TraceFlags) ? Record(name, kind, trace, parent) : null;
    }

    /// <summary>The same for a request on its way, which carries the new span from here on.</summary>
    public Activity? Start(HttpRequestMessage request, ActivityKind kind, string name)
    {
        if (source is null)
        {
            return null;
        }

        var span = Start(Header(request, "traceparent"), Header(request, "tracestate"), kind, name);
        if (span is not null)
        {
            request.Headers.Remove("traceparent");
            request.Headers.TryAddWithoutValidation("traceparent", span.Id);
        }

        return span;
    }

    /// <summary>Sends what is still held, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        listener?.Dispose();
        source?.Dispose();
        if (provider is not null)
        {
            // Shutting down blocks while the last batch is sent.
            await Task.Run(provider.Dispose).ConfigureAwait(false);
        }
    }

    private static string? Header(HttpRequestMessage request, string name) =>
        request.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
}
