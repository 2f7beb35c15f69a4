using System.Diagnostics;
using Lucid.Sidecar.Telemetry;

namespace Lucid.Sidecar.PubSub;

/// <summary>A bulk publish gives every event a span of its own below that of the request, as daprd does, so that their deliveries can be told apart.</summary>
internal sealed class ProducerSpans(SidecarTracer tracer, TraceContext request) : IDisposable
{
    private readonly List<Activity> spans = [];
    private readonly string name = SidecarTracer.Current?.OperationName ?? "publish";

    /// <summary>The context of the next event.</summary>
    public TraceContext Next()
    {
        if (!tracer.Exports || request.Parent.Length == 0 || tracer.Start(request.Parent, request.State, ActivityKind.Producer, name) is not { } span)
        {
            return request;
        }

        spans.Add(span);
        return request with { Parent = span.Id! };
    }

    public void Dispose() => spans.ForEach(span => span.Dispose());
}
