using Google.Protobuf;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Lucid.Sidecar.Runtime;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Lucid.Sidecar.Grpc;

/// <summary>
/// Binds methods of a service descriptor without generated code (the package of the messages has no server base). Around every
/// handler stand the API lists, the translation of errors, and the counters.
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
        context.AddUnaryMethod(method, [], (target, message, call) => RunAsync(target, message, call, method, handler));
    }

    /// <summary>Methods of the descriptor that have no handler are answered by name, whatever they carry.</summary>
    public void RefuseTheRest()
    {
        foreach (var name in service.Methods.Select(method => method.Name).Where(name => !bound.Contains(name)))
        {
            var method = new Method<byte[], byte[]>(MethodType.DuplexStreaming, service.FullName, name, Raw, Raw);
            context.AddDuplexStreamingMethod(method, [], (target, _, _, call) =>
            {
                target.Metrics.Record(call.Method, StatusCode.Unimplemented, TimeSpan.Zero);
                throw target.Access.Allows(name) ? DaprService.Unimplemented(call.Method) : NotAllowed();
            });
        }
    }

    private static async Task<TResponse> RunAsync<TRequest, TResponse>(
        DaprService target,
        TRequest message,
        ServerCallContext call,
        Method<TRequest, TResponse> method,
        Func<DaprService, TRequest, ServerCallContext, Task<TResponse>> handler)
    {
        var started = target.Time.GetTimestamp();
        var status = StatusCode.Unknown;
        try
        {
            if (!target.Access.Allows(method.Name))
            {
                throw NotAllowed();
            }

            var response = await handler(target, message, call).ConfigureAwait(false);
            status = StatusCode.OK;
            return response;
        }
        catch (DaprApiException refused)
        {
            status = refused.Error.GrpcStatus;
            throw RpcErrors.Of(refused.Error);
        }
        catch (RpcException refused)
        {
            status = refused.StatusCode;
            throw;
        }
        catch (OperationCanceledException) when (call.CancellationToken.IsCancellationRequested)
        {
            status = StatusCode.Cancelled;
            throw;
        }
        finally
        {
            target.Metrics.Record(method.FullName, status, target.Time.GetElapsedTime(started));
        }
    }

    private static RpcException NotAllowed() =>
        new(new Status(StatusCode.Unimplemented, "requested endpoint is not available"));

    private static Marshaller<T> Of<T>(MessageParser<T> parser) where T : class, IMessage<T> => Marshallers.Create(
        static (message, writer) =>
        {
            writer.SetPayloadLength(message.CalculateSize());
            message.WriteTo(writer.GetBufferWriter());
            writer.Complete();
        },
        reader => parser.ParseFrom(reader.PayloadAsReadOnlySequence()));
}
