namespace Lucid.Sidecar.Actors;

internal sealed partial class ReminderService
{
    [LoggerMessage(5021, LogLevel.Error, "The reminders of actor type {ActorType} cannot be read; tried again in a minute")]
    private partial void LogLoadFailed(Exception failure, string actorType);

    [LoggerMessage(5022, LogLevel.Warning, "Reminder {Name} of {ActorType}/{ActorId} failed ({Outcome}) and will be repeated")]
    private partial void LogFiringFailed(Exception? failure, string actorType, string actorId, string name, string outcome);

    [LoggerMessage(5024, LogLevel.Warning, "Reminders of actor type {ActorType} were still being fired when their time to drain was over; they will fire again")]
    private partial void LogFiringAbandoned(string actorType);

    [LoggerMessage(5023, LogLevel.Error, "Reminder {Name} of {ActorType}/{ActorId} has fired but cannot be written down; tried again")]
    private partial void LogSaveFailed(Exception failure, string actorType, string actorId, string name);
}
