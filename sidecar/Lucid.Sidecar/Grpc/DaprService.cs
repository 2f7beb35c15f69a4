using Google.Protobuf;
using Google.Protobuf.Collections;
using Grpc.Core;
using Lucid.Sidecar.Secrets;
using Lucid.Sidecar.State;

namespace Lucid.Sidecar.Grpc;

/// <summary>
/// One sidecar's <c>dapr.proto.runtime.v1.Dapr</c> service: turns messages into calls of the engines. The files of this class
/// follow the building blocks; <see cref="DaprMethods"/> lists which method goes where. A building block that is null is
/// answered with Unimplemented, as is every method without an entry there.
/// </summary>
public sealed partial class DaprService
{
    private readonly StateEngine state;
    private readonly SecretEngine secrets;

    public DaprService(StateEngine state, SecretEngine secrets)
    {
        this.state = state;
        this.secrets = secrets;
    }

    public IPublishApi? Publish { get; init; }
    public IActorApi? Actors { get; init; }
    public IMetadataApi? Metadata { get; init; }
    public IInvocationApi? Invocation { get; init; }

    internal GrpcMessageMetrics? Messages { get; init; }

    private static T Require<T>(T? api, ServerCallContext call) where T : class =>
        api ?? throw Unimplemented(call.Method);

    internal static RpcException Unimplemented(string method) =>
        new(new Status(StatusCode.Unimplemented, $"{method} is not implemented by this sidecar"));

    /// <summary>The bytes of a message field, unshared: a parsed message is never changed again.</summary>
    private static ReadOnlyMemory<byte> Bytes(ByteString? value) => value?.Memory ?? default;

    private static ByteString Wrap(ReadOnlyMemory<byte> value) => UnsafeByteOperations.UnsafeWrap(value);

    private static Dictionary<string, string> Map(MapField<string, string> map) => new(map);
}
