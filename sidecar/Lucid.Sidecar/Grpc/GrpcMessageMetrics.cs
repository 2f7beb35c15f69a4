using Google.Protobuf;
using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.Telemetry;
using Prometheus;

namespace Lucid.Sidecar.Grpc;

/// <summary>Sizes of the messages of the gRPC API, and the errors it answers with.</summary>
internal sealed class GrpcMessageMetrics(SidecarContext context)
{
    private readonly Histogram received = DaprMetrics.GrpcServerReceivedBytes.In(context.Metrics);
    private readonly Histogram sent = DaprMetrics.GrpcServerSentBytes.In(context.Metrics);
    private readonly ErrorCodeMetrics errors = new(context.Metrics, context.Options.AppId, context.Resources.Configuration.Metrics);

    /// <param name="response">Null when the call failed, which daprd counts as no bytes.</param>
    public void Count(string method, IMessage request, IMessage? response)
    {
        received.WithLabels(context.Options.AppId, method).Observe(request.CalculateSize());
        sent.WithLabels(context.Options.AppId, method).Observe(response?.CalculateSize() ?? 0);
    }

    public void CountError(DaprError error) => errors.Count(error);
}
