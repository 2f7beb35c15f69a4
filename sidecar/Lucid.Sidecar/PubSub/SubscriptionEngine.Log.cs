namespace Lucid.Sidecar.PubSub;

public sealed partial class SubscriptionEngine
{
    [LoggerMessage(3220, LogLevel.Information, "Subscribed to {PubSub}/{Topic}.")]
    private static partial void LogSubscribed(ILogger logger, string pubSub, string topic);

    [LoggerMessage(3221, LogLevel.Error, "Subscribing to {PubSub}/{Topic} failed.")]
    private static partial void LogSubscribeFailed(ILogger logger, Exception failure, string pubSub, string topic);

    [LoggerMessage(3222, LogLevel.Error, "The app's subscriptions cannot be used: {Problem}")]
    private static partial void LogSubscribeUnusable(ILogger logger, string problem);

    [LoggerMessage(3223, LogLevel.Warning, "The subscription to {PubSub}/{Topic} stands in a file and in the app; the app's is taken.")]
    private static partial void LogTwice(ILogger logger, string pubSub, string topic);

    [LoggerMessage(3224, LogLevel.Error, "The subscription to {PubSub}/{Topic} is left out: there is no such pub/sub component for this app.")]
    private static partial void LogUnknownPubSub(ILogger logger, string pubSub, string topic);

    [LoggerMessage(3225, LogLevel.Error, "The subscription to {PubSub}/{Topic} is left out: {Problem}")]
    private static partial void LogBadRule(ILogger logger, string pubSub, string topic, string problem);

    [LoggerMessage(3226, LogLevel.Warning, "The subscription to {PubSub}/{Topic} is left out: it has no route.")]
    private static partial void LogNoRoutes(ILogger logger, string pubSub, string topic);

    [LoggerMessage(3227, LogLevel.Error, "The subscription of {AppId} to {PubSub}/{Topic} is left out: the component's scopes forbid it.")]
    private static partial void LogForbidden(ILogger logger, string appId, string pubSub, string topic);

    [LoggerMessage(3228, LogLevel.Warning, "The app did not finish its messages in time; their requests are cut off and the broker keeps them.")]
    private static partial void LogDrainCutOff(ILogger logger);
}
