using Google.Protobuf;
using Google.Protobuf.Collections;
using Grpc.Core;
using Lucid.Sidecar.Runtime;
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
    private readonly SidecarContext context;

    public DaprService(SidecarContext context, StateEngine state, SecretEngine secrets)
    {
        this.context = context;
        this.state = state;
        this.secrets = secrets;
        Access = ApiAccessList.Of(context.Resources.Configuration);
        Metrics = new RpcMetrics(context);
        var logger = context.Loggers.CreateLogger<DaprService>();
        foreach (var warning in Access.Warnings)
        {
            LogAccessWarning(logger, warning);
        }
    }

    public IPublishApi? Publish { get; init; }
    public IActorApi? Actors { get; init; }
    public IMetadataApi? Metadata { get; init; }
    public IInvocationApi? Invocation { get; init; }

    internal ApiAccessList Access { get; }
    internal RpcMetrics Metrics { get; }
    internal TimeProvider Time => context.Time;

    private static T Require<T>(T? api, ServerCallContext call) where T : class =>
        api ?? throw Unimplemented(call.Method);

    internal static RpcException Unimplemented(string method) =>
        new(new Status(StatusCode.Unimplemented, $"{method} is not implemented by this sidecar"));

    /// <summary>The bytes of a message field, unshared: a parsed message is never changed again.</summary>
    private static ReadOnlyMemory<byte> Bytes(ByteString? value) => value?.Memory ?? default;

    private static ByteString Wrap(ReadOnlyMemory<byte> value) => UnsafeByteOperations.UnsafeWrap(value);

    private static Dictionary<string, string> Map(MapField<string, string> map) => new(map);

    [LoggerMessage(2201, LogLevel.Warning, "{Warning}")]
    private static partial void LogAccessWarning(ILogger logger, string warning);
}
