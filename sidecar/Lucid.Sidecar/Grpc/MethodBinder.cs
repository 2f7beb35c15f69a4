using Google.Protobuf;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.Telemetry;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Lucid.Sidecar.Grpc;

/// <summary>
/// Binds methods of a service descriptor without generated code (the package of the messages has no server base). Around every
/// handler stands the translation of errors; token, API lists and counters are the port's.
/// </summary>
internal sealed class MethodBinder(ServiceMethodProviderContext<DaprService> context, ServiceDescriptor service)
{
    private static readonly Marshaller<byte[]> Raw = Marshallers.Create(static bytes => bytes, static bytes => bytes);
    private readonly HashSet<string> bound = [];

    public void Unary<TRequest, TResponse>(
        string name,
        MessageParser<TRequest> request,
        MessageParser<TResponse> response,
        Func<DaprService, TRequest, ServerCallContext, Task<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        bound.Add(name);
        var method = new Method<TRequest, TResponse>(MethodType.Unary, service.FullName, name, Of(request), Of(response));
        context.AddUnaryMethod(method, [], (target, message, call) => RunAsync(target, message, call, handler));
    }

    /// <summary>Methods of the descriptor that have no handler are answered by name, whatever they carry.</summary>
    public void RefuseTheRest()
    {
        foreach (var name in service.Methods.Select(method => method.Name).Where(name => !bound.Contains(name)))
        {
            var method = new Method<byte[], byte[]>(MethodType.DuplexStreaming, service.FullName, name, Raw, Raw);
            context.AddDuplexStreamingMethod(method, [], (_, _, _, call) => throw DaprService.Unimplemented(call.Method));
        }
    }

    private static async Task<TResponse> RunAsync<TRequest, TResponse>(
        DaprService target,
        TRequest message,
        ServerCallContext call,
        Func<DaprService, TRequest, ServerCallContext, Task<TResponse>> handler)
        where TRequest : IMessage
        where TResponse : IMessage
    {
        if (SidecarTracer.Current is { } span)
        {
            SpanAttributes.OfGrpc(span, message, call.Method);
        }

        TResponse? response = default;
        try
        {
            return response = await handler(target, message, call).ConfigureAwait(false);
        }
        catch (DaprApiException refused)
        {
            target.Messages?.CountError(refused.Error);
            throw RpcErrors.Of(refused.Error);
        }
        finally
        {
            target.Messages?.Count(call.Method, message, response);
        }
    }

    private static Marshaller<T> Of<T>(MessageParser<T> parser) where T : class, IMessage<T> => Marshallers.Create(
        static (message, writer) =>
        {
            writer.SetPayloadLength(message.CalculateSize());
            message.WriteTo(writer.GetBufferWriter());
            writer.Complete();
        },
        reader => parser.ParseFrom(reader.PayloadAsReadOnlySequence()));
}
