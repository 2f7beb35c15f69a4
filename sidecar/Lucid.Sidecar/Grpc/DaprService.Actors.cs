using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Lucid.Sidecar.Grpc;

public sealed partial class DaprService
{
    internal async Task<InvokeActorResponse> InvokeActorAsync(InvokeActorRequest request, ServerCallContext call)
    {
        var headers = Map(request.Metadata);
        if (call.RequestHeaders.GetValue("traceparent") is { } trace)
        {
            headers["traceparent"] = trace;
        }

        var data = await Require(Actors, call).InvokeAsync(
            new ActorAddress(request.ActorType, request.ActorId), request.Method, Bytes(request.Data), headers, call.CancellationToken).ConfigureAwait(false);
        return new InvokeActorResponse { Data = Wrap(data) };
    }

    internal async Task<GetActorStateResponse> GetActorStateAsync(GetActorStateRequest request, ServerCallContext call)
    {
        var value = await Require(Actors, call).GetStateAsync(
            new ActorAddress(request.ActorType, request.ActorId), request.Key, call.CancellationToken).ConfigureAwait(false);
        var response = new GetActorStateResponse();
        if (value is not null)
        {
            response.Data = Wrap(value.Data);
            Describe(value, response.Metadata);
        }

        return response;
    }

    internal async Task<Empty> TransactActorStateAsync(ExecuteActorStateTransactionRequest request, ServerCallContext call)
    {
        var steps = request.Operations.Select(operation => new ActorStateStep(
            operation.OperationType, operation.Key, Bytes(operation.Value?.Value), Map(operation.Metadata)));
        await Require(Actors, call).TransactStateAsync(
            new ActorAddress(request.ActorType, request.ActorId), [.. steps], call.CancellationToken).ConfigureAwait(false);
        return new Empty();
    }

    internal async Task<Empty> RegisterActorReminderAsync(RegisterActorReminderRequest request, ServerCallContext call)
    {
        await Require(Actors, call).RegisterReminderAsync(
            new ActorAddress(request.ActorType, request.ActorId),
            new ActorSchedule(request.Name, request.DueTime, request.Period, request.Ttl, Bytes(request.Data)),
            call.CancellationToken).ConfigureAwait(false);
        return new Empty();
    }

    internal async Task<Empty> UnregisterActorReminderAsync(UnregisterActorReminderRequest request, ServerCallContext call)
    {
        await Require(Actors, call).UnregisterReminderAsync(
            new ActorAddress(request.ActorType, request.ActorId), request.Name, call.CancellationToken).ConfigureAwait(false);
        return new Empty();
    }

    internal async Task<GetActorReminderResponse> GetActorReminderAsync(GetActorReminderRequest request, ServerCallContext call)
    {
        var reminder = await Require(Actors, call).GetReminderAsync(
            new ActorAddress(request.ActorType, request.ActorId), request.Name, call.CancellationToken).ConfigureAwait(false);
        var response = new GetActorReminderResponse { ActorType = request.ActorType, ActorId = request.ActorId };
        if (reminder is not null)
        {
            response.DueTime = reminder.DueTime;
            response.Period = reminder.Period;
            response.Ttl = reminder.TimeToLive;
            response.Data = Any.Pack(new BytesValue { Value = Wrap(reminder.Data) });
        }

        return response;
    }

    internal async Task<Empty> RegisterActorTimerAsync(RegisterActorTimerRequest request, ServerCallContext call)
    {
        await Require(Actors, call).RegisterTimerAsync(
            new ActorAddress(request.ActorType, request.ActorId),
            new ActorSchedule(request.Name, request.DueTime, request.Period, request.Ttl, Bytes(request.Data)),
            request.Callback,
            call.CancellationToken).ConfigureAwait(false);
        return new Empty();
    }

    internal async Task<Empty> UnregisterActorTimerAsync(UnregisterActorTimerRequest request, ServerCallContext call)
    {
        await Require(Actors, call).UnregisterTimerAsync(
            new ActorAddress(request.ActorType, request.ActorId), request.Name, call.CancellationToken).ConfigureAwait(false);
        return new Empty();
    }
}
