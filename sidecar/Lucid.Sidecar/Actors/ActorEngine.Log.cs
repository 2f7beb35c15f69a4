namespace Lucid.Sidecar.Actors;

public sealed partial class ActorEngine
{
    [LoggerMessage(5001, LogLevel.Warning, "App {AppId}: {Warning}")]
    private partial void LogConfigurationWarning(string appId, string warning);

    [LoggerMessage(5002, LogLevel.Error, "App {AppId} cannot host actor type {ActorType}: app {OtherAppId} hosts it in the same namespace")]
    private partial void LogTypeTaken(string appId, string actorType, string otherAppId);

    [LoggerMessage(5003, LogLevel.Warning, "App {AppId} answered {Status} to the deactivation of {ActorType}/{ActorId}")]
    private partial void LogDeactivationRefused(string appId, string actorType, string actorId, int status);

    [LoggerMessage(5004, LogLevel.Warning, "App {AppId} did not take the deactivation of {ActorType}/{ActorId}")]
    private partial void LogDeactivationFailed(Exception failure, string appId, string actorType, string actorId);

    [LoggerMessage(5005, LogLevel.Warning, "A call of {ActorType}/{ActorId} in app {AppId} had not ended when its time to drain was over")]
    private partial void LogDrainTimedOut(string appId, string actorType, string actorId);
}
