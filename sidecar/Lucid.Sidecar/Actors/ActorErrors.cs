using Grpc.Core;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Actors;

/// <summary>The errors of the actor API, with daprd's codes and texts.</summary>
internal static class ActorErrors
{
    public static readonly DaprError InstanceMissing =
        new("ERR_ACTOR_INSTANCE_MISSING", "actor instance is missing", 400, StatusCode.Internal);

    public static readonly DaprError RuntimeNotFound = new(
        "ERR_ACTOR_RUNTIME_NOT_FOUND",
        "the state store is not configured to use the actor runtime. Have you set the - name: actorStateStore value: \"true\" in your state store component file?",
        500,
        StatusCode.Internal);

    public static readonly DaprError ReminderNonHosted = new(
        "ERR_ACTOR_REMINDER_NON_HOSTED", "operations on actor reminders are only possible on hosted actor types", 403, StatusCode.PermissionDenied);

    public static readonly DaprError StackDepth =
        new("ERR_ACTOR_STACK_DEPTH", "maximum stack depth exceeded", 500, StatusCode.ResourceExhausted);

    public static DaprError BadRequest(string problem) =>
        new("ERR_BAD_REQUEST", $"invalid request: {problem}", 400, StatusCode.InvalidArgument);

    public static DaprError MalformedRequest(string problem) =>
        new("ERR_MALFORMED_REQUEST", $"failed deserializing HTTP body: {problem}", 400, StatusCode.InvalidArgument);

    public static DaprError TypeReserved(string type) =>
        new("ERR_ACTOR_TYPE_RESERVED", $"actor type {type} is reserved for the runtime", 403, StatusCode.PermissionDenied);

    public static DaprError NoAddress(ActorKey key) =>
        new("ERR_ACTOR_NO_ADDRESS", $"did not find address for actor {key}: no app of namespace {key.Namespace} hosts its type", 404, StatusCode.NotFound);

    public static DaprError Invoke(string problem) =>
        new("ERR_ACTOR_INVOKE_METHOD", $"error invoke actor method: {problem}", 500, StatusCode.Internal);

    public static DaprError StateGet(string problem) =>
        new("ERR_ACTOR_STATE_GET", $"error getting actor state: {problem}", 500, StatusCode.Internal);

    public static DaprError StateTransactionSave(string problem) =>
        new("ERR_ACTOR_STATE_TRANSACTION_SAVE", $"error saving actor transaction state: {problem}", 500, StatusCode.Internal);

    public static DaprError ReminderCreate(string problem) =>
        new("ERR_ACTOR_REMINDER_CREATE", $"error creating actor reminder: {problem}", 500, StatusCode.Internal);

    public static DaprError ReminderGet(string problem) =>
        new("ERR_ACTOR_REMINDER_GET", $"error getting actor reminder: {problem}", 500, StatusCode.Internal);

    public static DaprError ReminderDelete(string problem) =>
        new("ERR_ACTOR_REMINDER_DELETE", $"error deleting actor reminder: {problem}", 500, StatusCode.Internal);

    public static DaprError ReminderNotFound(string name) =>
        new("ERR_ACTOR_REMINDER_NOT_FOUND", $"actor reminder not found: {name}", 404, StatusCode.NotFound);

    public static DaprError ReminderAlreadyExists(string name) =>
        new("ERR_ACTOR_REMINDER_ALREADY_EXISTS", $"actor reminder already exists: {name}", 409, StatusCode.AlreadyExists);

    public static DaprError TimerCreate(string problem) =>
        new("ERR_ACTOR_TIMER_CREATE", $"error creating actor timer: {problem}", 500, StatusCode.Internal);
}
