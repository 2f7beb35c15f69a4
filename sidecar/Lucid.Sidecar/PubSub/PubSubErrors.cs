using Grpc.Core;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.PubSub;

/// <summary>daprd's pub/sub errors.</summary>
internal static class PubSubErrors
{
    public static DaprApiException NotFound(string pubSub) =>
        Make(pubSub, "ERR_PUBSUB_NOT_FOUND", $"pubsub {pubSub} is not found", 404, StatusCode.InvalidArgument, "DAPR_PUBSUB_NOT_FOUND");

    public static DaprApiException NameEmpty() =>
        Make("", "ERR_PUBSUB_EMPTY", "pubsub name is empty", 404, StatusCode.InvalidArgument, "DAPR_PUBSUB_NAME_EMPTY");

    public static DaprApiException TopicEmpty(string pubSub) =>
        Make(pubSub, "ERR_TOPIC_NAME_EMPTY", $"topic is empty in pubsub {pubSub}", 404, StatusCode.InvalidArgument, "DAPR_PUBSUB_TOPIC_NAME_EMPTY");

    public static DaprApiException Metadata(string pubSub, string problem) =>
        Make(pubSub, "ERR_PUBSUB_REQUEST_METADATA", $"failed deserializing metadata. Error: {problem}", 400, StatusCode.InvalidArgument, "DAPR_PUBSUB_METADATA_DESERIALIZATION");

    public static DaprApiException Forbidden(string pubSub, string topic, string appId) =>
        Make(pubSub, "ERR_PUBSUB_FORBIDDEN", $"topic {topic} is not allowed for app id {appId}", 403, StatusCode.PermissionDenied, "DAPR_PUBSUB_FORBIDDEN",
            new() { ["appID"] = appId, ["topic"] = topic });

    public static DaprApiException CloudEvent(string pubSub, string topic, Exception inner) =>
        Make(pubSub, "ERR_PUBSUB_CLOUD_EVENTS_SER", "cannot create cloudevent", 500, StatusCode.InvalidArgument, "DAPR_PUBSUB_CLOUD_EVENT_CREATION",
            new() { ["topic"] = topic, ["error"] = inner.Message }, inner);

    public static DaprApiException Publish(string pubSub, string topic, Exception inner) =>
        Make(pubSub, "ERR_PUBSUB_PUBLISH_MESSAGE", $"error when publishing to topic {topic} in pubsub {pubSub}: {inner.Message}", 500, StatusCode.Internal, "DAPR_PUBSUB_PUBLISH_MESSAGE",
            new() { ["topic"] = topic, ["error"] = inner.Message }, inner);

    public static DaprApiException Unmarshal(string pubSub, string topic, string problem) =>
        Make(pubSub, "ERR_PUBSUB_EVENTS_SER", $"error when unmarshaling the request for topic {topic} pubsub {pubSub}: {problem}", 400, StatusCode.InvalidArgument, "DAPR_PUBSUB_UNMARSHAL_EVENTS",
            new() { ["topic"] = topic });

    public static DaprApiException Entries(string pubSub, string topic) =>
        Make(pubSub, "ERR_PUBSUB_EVENTS_SER", $"error marshaling events to bytes for topic {topic} pubsub {pubSub}. error: entryId is duplicated or not present for entry", 400, StatusCode.InvalidArgument, "DAPR_PUBSUB_MARSHAL_EVENTS",
            new() { ["topic"] = topic });

    private static DaprApiException Make(
        string pubSub, string code, string message, int http, StatusCode grpc, string reason, Dictionary<string, string>? metadata = null, Exception? inner = null)
    {
        metadata ??= [];
        metadata["name"] = pubSub;
        return new DaprApiException(new DaprError(code, message, http, grpc, reason) { ReasonMetadata = metadata }, inner);
    }
}
