using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Grpc;

/// <summary>A Dapr error as a gRPC status: the same text, and its details in <c>grpc-status-details-bin</c> (google.rpc.Status).</summary>
public static class RpcErrors
{
    private const string DetailsTrailer = "grpc-status-details-bin";

    public static RpcException Of(DaprError error)
    {
        var info = new ErrorInfo { Reason = error.Reason ?? error.Code, Domain = "dapr.io" };
        foreach (var (name, value) in error.ReasonMetadata ?? new Dictionary<string, string>())
        {
            info.Metadata[name] = value;
        }

        var status = new Google.Rpc.Status { Code = (int)error.GrpcStatus, Message = error.Message, Details = { Any.Pack(info) } };
        if (error.ReasonMetadata?.GetValueOrDefault("name") is { } resource)
        {
            status.Details.Add(Any.Pack(new ResourceInfo { ResourceType = "state", ResourceName = resource }));
        }

        return new RpcException(new global::Grpc.Core.Status(error.GrpcStatus, error.Message), new global::Grpc.Core.Metadata { { DetailsTrailer, status.ToByteArray() } });
    }
}
