using Grpc.Core;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.State;

/// <summary>daprd's errors of the state API.</summary>
internal static class StateErrors
{
    public static DaprApiException NotConfigured(string store, string appId) => new(
        new DaprError("ERR_STATE_STORE_NOT_CONFIGURED", $"state store {store} is not configured", 500, StatusCode.FailedPrecondition, "DAPR_STATE_NOT_CONFIGURED")
        {
            ReasonMetadata = new Dictionary<string, string> { ["appID"] = appId },
        });

    public static DaprApiException NotFound(string store, string appId) => new(
        new DaprError("ERR_STATE_STORE_NOT_FOUND", $"state store {store} is not found", 400, StatusCode.InvalidArgument, "DAPR_STATE_NOT_FOUND")
        {
            ReasonMetadata = new Dictionary<string, string> { ["appID"] = appId },
        });

    public static DaprApiException IllegalKey(string key) => new(
        new DaprError("ERR_MALFORMED_REQUEST", $"input key/keyPrefix '{key}' can't contain '||'", 400, StatusCode.InvalidArgument, "DAPR_STATE_ILLEGAL_KEY"));

    public static DaprApiException EmptyKey() => new(
        new DaprError("ERR_STATE_SAVE", "state key cannot be empty", 400, StatusCode.InvalidArgument));

    public static DaprApiException Malformed(string message, Exception? inner = null) => new(
        new DaprError("ERR_MALFORMED_REQUEST", message, 400, StatusCode.InvalidArgument), inner);

    public static DaprApiException TransactionsNotSupported(string store) => new(
        new DaprError("ERR_STATE_STORE_NOT_SUPPORTED", $"state store {store} doesn't support transactions", 500, StatusCode.Unimplemented, "DAPR_STATE_TRANSACTIONS_NOT_SUPPORTED")
        {
            ReasonMetadata = new Dictionary<string, string> { ["name"] = store },
        });

    public static DaprApiException QueryNotSupported(string store) => new(
        new DaprError("ERR_STATE_STORE_NOT_SUPPORTED", "state store does not support querying", 500, StatusCode.Internal, "DAPR_STATE_QUERYING_NOT_SUPPORTED")
        {
            ReasonMetadata = new Dictionary<string, string> { ["name"] = store },
        });

    public static DaprApiException UnknownOperation(string operation) => new(
        new DaprError("ERR_NOT_SUPPORTED_STATE_OPERATION", $"operation type {operation} not supported", 400, StatusCode.Unimplemented));

    public static DaprApiException Get(string store, string key, Exception inner) => new(
        new DaprError("ERR_STATE_GET", $"fail to get {key} from state store {store}: {inner.Message}", 500, StatusCode.Internal), inner);

    public static DaprApiException BulkGet(Exception inner) => new(
        new DaprError("ERR_STATE_BULK_GET", inner.Message, 500, StatusCode.Internal), inner);

    public static DaprApiException Save(string store, Exception inner) =>
        Refused("ERR_STATE_SAVE", $"failed saving state in state store {store}: {inner.Message}", inner);

    public static DaprApiException Delete(string key, Exception inner) =>
        Refused("ERR_STATE_DELETE", $"failed deleting state with key {key}: {inner.Message}", inner);

    public static DaprApiException BulkDelete(string store, Exception inner) =>
        Refused("ERR_STATE_BULK_DELETE", $"failed deleting state in state store {store}: {inner.Message}", inner);

    /// <summary>A failed transaction is 500 whatever the cause: daprd does not tell an ETag mismatch apart here.</summary>
    public static DaprApiException Transaction(Exception inner) => new(
        new DaprError("ERR_STATE_TRANSACTION", $"error while executing state transaction: {inner.Message}", 500, StatusCode.Internal), inner);

    public static DaprApiException Outbox(Exception inner) => new(
        new DaprError("ERR_PUBLISH_OUTBOX", $"error while publishing outbox message: {inner.Message}", 500, StatusCode.Internal), inner);

    private static DaprApiException Refused(string code, string message, Exception inner)
    {
        var (http, grpc) = (inner as StateStoreException)?.Failure switch
        {
            StateStoreFailure.ETagMismatch => (409, StatusCode.Aborted),
            StateStoreFailure.ETagInvalid => (400, StatusCode.InvalidArgument),
            _ => (500, StatusCode.Internal),
        };
        return new DaprApiException(new DaprError(code, message, http, grpc), inner);
    }
}
