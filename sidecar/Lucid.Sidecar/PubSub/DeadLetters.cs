using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.PubSub;

/// <summary>What becomes of a message that is not delivered.</summary>
internal sealed partial class DeadLetters(DeliveryScope scope, SubscriptionPlan plan)
{
    /// <summary>A broker that hangs must not hold the subscription for ever.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The message is done without the app: a copy goes to the dead-letter topic if there is one. False when that failed.</summary>
    public async Task<bool> DivertAsync(PubSubMessage message)
    {
        if (plan.DeadLetterTopic is not { } topic)
        {
            return true;
        }

        using var timer = new CancellationTokenSource(Limit, scope.Time);
        try
        {
            await scope.Publisher.ForwardAsync(plan.Component, topic, message, timer.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception failure)
        {
            LogDeadLetterFailed(scope.Logger, failure, topic, plan.PubSubName);
            return false;
        }
    }

    /// <summary>Delivery has failed for good: true when the dead-letter topic has the message, false when the broker keeps it.</summary>
    public async Task<bool> GiveUpAsync(PubSubMessage message)
    {
        var diverted = plan.DeadLetterTopic is not null && await DivertAsync(message).ConfigureAwait(false);
        scope.Metrics.Ingress(plan.PubSubName, plan.Topic, diverted ? "drop" : "retry", "", TimeSpan.Zero);
        return diverted;
    }

    [LoggerMessage(3210, LogLevel.Error, "The dead letter could not be published to topic {Topic} of {PubSub}; the message stays with the broker.")]
    private static partial void LogDeadLetterFailed(ILogger logger, Exception failure, string topic, string pubSub);
}
