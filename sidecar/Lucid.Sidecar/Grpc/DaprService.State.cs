using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.State;

namespace Lucid.Sidecar.Grpc;

public sealed partial class DaprService
{
    internal async Task<GetStateResponse> GetStateAsync(GetStateRequest request, ServerCallContext call)
    {
        var response = new GetStateResponse();
        if (await state.GetAsync(request.StoreName, request.Key, call.CancellationToken).ConfigureAwait(false) is { } value)
        {
            response.Data = Wrap(value.Data);
            response.Etag = value.ETag;
            Describe(value, response.Metadata);
        }

        return response;
    }

    internal async Task<GetBulkStateResponse> GetBulkStateAsync(GetBulkStateRequest request, ServerCallContext call)
    {
        var entries = await state.GetBulkAsync(request.StoreName, request.Keys, request.Parallelism, call.CancellationToken).ConfigureAwait(false);
        var response = new GetBulkStateResponse();
        foreach (var entry in entries)
        {
            var item = new BulkStateItem { Key = entry.Key, Error = entry.Error ?? "" };
            if (entry.Value is { } value)
            {
                item.Data = Wrap(value.Data);
                item.Etag = value.ETag;
                Describe(value, item.Metadata);
            }

            response.Items.Add(item);
        }

        return response;
    }

    internal async Task<Empty> SaveStateAsync(SaveStateRequest request, ServerCallContext call)
    {
        state.Find(request.StoreName);
        foreach (var item in request.States)
        {
            if (item.Metadata.TryGetValue("contentType", out var type) && type == "application/json" && !StateJson.IsJson(item.Value.Span))
            {
                throw StateErrors.Malformed($"the value of key {item.Key} is not JSON, as its metadata contentType says");
            }
        }

        await state.SaveAsync(request.StoreName, [.. request.States.Select(Item)], call.CancellationToken).ConfigureAwait(false);
        return new Empty();
    }

    internal async Task<Empty> DeleteStateAsync(DeleteStateRequest request, ServerCallContext call)
    {
        var item = new State.StateItem(
            request.Key, default, request.Etag?.Value, Word(request.Options?.Concurrency), Word(request.Options?.Consistency), Map(request.Metadata));
        await state.DeleteAsync(request.StoreName, item, call.CancellationToken).ConfigureAwait(false);
        return new Empty();
    }

    internal async Task<Empty> DeleteBulkStateAsync(DeleteBulkStateRequest request, ServerCallContext call)
    {
        await state.DeleteBulkAsync(request.StoreName, [.. request.States.Select(Item)], call.CancellationToken).ConfigureAwait(false);
        return new Empty();
    }

    internal async Task<Empty> TransactStateAsync(ExecuteStateTransactionRequest request, ServerCallContext call)
    {
        state.RequireTransactions(request.StoreName);
        var steps = request.Operations.Select(operation => new StateTransactionStep(
            operation.OperationType, Item(operation.Request ?? new global::Dapr.Client.Autogen.Grpc.v1.StateItem())));
        await state.TransactAsync(request.StoreName, [.. steps], call.CancellationToken).ConfigureAwait(false);
        return new Empty();
    }

    internal Task<QueryStateResponse> QueryStateAsync(QueryStateRequest request)
    {
        state.Query(request.StoreName);
        return Task.FromResult(new QueryStateResponse());
    }

    private static State.StateItem Item(global::Dapr.Client.Autogen.Grpc.v1.StateItem item) => new(
        item.Key, Bytes(item.Value), item.Etag?.Value, Word(item.Options?.Concurrency), Word(item.Options?.Consistency), Map(item.Metadata));

    private static void Describe(StateValue value, MapField<string, string> metadata)
    {
        if (value.ExpiresAt is { } expiry)
        {
            metadata[StateJson.ExpiryName] = StateJson.Expiry(expiry);
        }
    }

    private static string Word(StateOptions.Types.StateConcurrency? concurrency) => concurrency switch
    {
        StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite => "first-write",
        StateOptions.Types.StateConcurrency.ConcurrencyLastWrite => "last-write",
        _ => "",
    };

    private static string Word(StateOptions.Types.StateConsistency? consistency) => consistency switch
    {
        StateOptions.Types.StateConsistency.ConsistencyEventual => "eventual",
        StateOptions.Types.StateConsistency.ConsistencyStrong => "strong",
        _ => "",
    };
}
