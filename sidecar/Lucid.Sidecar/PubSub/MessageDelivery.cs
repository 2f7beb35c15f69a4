using System.Diagnostics;
using System.Text.Json;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.Telemetry;

namespace Lucid.Sidecar.PubSub;

/// <summary>
/// Delivers the messages of one subscription one by one. In order: read as CloudEvent, drop what has expired, choose the
/// route, post under the inbound policy, dead-letter what failed or was dropped. False leaves the message to the broker.
/// </summary>
internal sealed partial class MessageDelivery(DeliveryScope scope, SubscriptionPlan plan)
{
    private readonly DeadLetters deadLetters = new(scope, plan);

    public async Task<bool> HandleAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        scope.Stopping.ThrowIfCancellationRequested();
        ReceivedEvent received;
        try
        {
            received = ReceivedEvent.Read(message, plan.RawPayload, plan.Topic, plan.PubSubName, scope.Time);
        }
        catch (JsonException problem)
        {
            LogNotAnEvent(scope.Logger, plan.PubSubName, plan.Topic, problem.Message);
            return await deadLetters.GiveUpAsync(message).ConfigureAwait(false);
        }

        using (received)
        {
            return await HandleAsync(message, received, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> HandleAsync(PubSubMessage message, ReceivedEvent received, CancellationToken cancellationToken)
    {
        if (received.HasExpired(scope.Time))
        {
            LogExpired(scope.Logger, received.Id, plan.PubSubName, plan.Topic);
            scope.Metrics.Ingress(plan.PubSubName, plan.Topic, "drop", "", TimeSpan.Zero);
            return await deadLetters.DivertAsync(message).ConfigureAwait(false);
        }

        string? path;
        try
        {
            path = plan.Routes.Find(received.Root);
        }
        catch (RoutingException problem)
        {
            LogNoRoute(scope.Logger, received.Id, plan.PubSubName, plan.Topic, problem.Message);
            return await deadLetters.GiveUpAsync(message).ConfigureAwait(false);
        }

        if (path is null)
        {
            scope.Metrics.Ingress(plan.PubSubName, plan.Topic, "drop", "success", TimeSpan.Zero);
            return await deadLetters.DivertAsync(message).ConfigureAwait(false);
        }

        DeliveryAnswer answer;
        try
        {
            answer = await new DeliveryAttempts(scope, plan.PubSubName)
                .RunAsync(token => PostAsync(path, message, received, token), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not DeliveryPostponedException && !IsStop(failure, cancellationToken))
        {
            LogFailed(scope.Logger, received.Id, plan.PubSubName, plan.Topic, failure.Message);
            return await deadLetters.GiveUpAsync(message).ConfigureAwait(false);
        }

        return answer.Result switch
        {
            DeliveryResult.Success => true,
            DeliveryResult.Drop => await deadLetters.DivertAsync(message).ConfigureAwait(false),
            _ => await deadLetters.GiveUpAsync(message).ConfigureAwait(false),
        };
    }

    private async Task<DeliveryAnswer> PostAsync(string path, PubSubMessage message, ReceivedEvent received, CancellationToken cancellationToken)
    {
        using var request = AppRequests.Post(path, received.Body, ContentTypes.CloudEvent, message.Metadata, plan.PubSubName);
        using var span = scope.Tracer.Exports && received.TraceParent is { } traced
            ? scope.Tracer.Start(traced, received.TraceState, ActivityKind.Client, DeliverySpans.Name(plan.Topic))
            : null;
        if ((span?.Id ?? received.TraceParent) is { } parent)
        {
            request.Headers.TryAddWithoutValidation("traceparent", parent);
            if (received.TraceState is { } state)
            {
                request.Headers.TryAddWithoutValidation("tracestate", state);
            }
        }

        var start = scope.Time.GetTimestamp();
        try
        {
            using var response = await scope.App.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var answer = await AppRequests.ReadAsync(response, cancellationToken).ConfigureAwait(false);
            Count(answer, scope.Time.GetElapsedTime(start));
            DeliverySpans.Complete(span, plan.Topic, (int)response.StatusCode);
            if (answer is { Result: not DeliveryResult.Success })
            {
                LogAnswer(scope.Logger, received.Id, plan.PubSubName, plan.Topic, answer.Result, (int)response.StatusCode);
            }

            return answer;
        }
        catch (Exception failure)
        {
            DeliverySpans.Fail(span, plan.Topic, failure);
            Count(new DeliveryAnswer(DeliveryResult.Retry), scope.Time.GetElapsedTime(start));
            throw;
        }
    }

    private void Count(DeliveryAnswer answer, TimeSpan elapsed)
    {
        var (processStatus, status) = answer switch
        {
            { Result: DeliveryResult.Success } => ("success", ""),
            { Result: DeliveryResult.Drop, HttpStatus: null } => ("drop", "success"),
            { Result: DeliveryResult.Drop } => ("drop", ""),
            _ => ("retry", ""),
        };
        scope.Metrics.Ingress(plan.PubSubName, plan.Topic, processStatus, status, elapsed);
    }

    private bool IsStop(Exception failure, CancellationToken cancellationToken) =>
        failure is OperationCanceledException
        && (cancellationToken.IsCancellationRequested || scope.Stopping.IsCancellationRequested || scope.Abort.IsCancellationRequested);

    [LoggerMessage(3201, LogLevel.Error, "A message on {PubSub}/{Topic} is no CloudEvent and the subscription is not raw: {Problem}")]
    private static partial void LogNotAnEvent(ILogger logger, string pubSub, string topic, string problem);

    [LoggerMessage(3202, LogLevel.Warning, "Dropping the expired event {Id} on {PubSub}/{Topic}.")]
    private static partial void LogExpired(ILogger logger, string id, string pubSub, string topic);

    [LoggerMessage(3203, LogLevel.Error, "No route could be chosen for event {Id} on {PubSub}/{Topic}: {Problem}")]
    private static partial void LogNoRoute(ILogger logger, string id, string pubSub, string topic, string problem);

    [LoggerMessage(3204, LogLevel.Warning, "Delivery of event {Id} on {PubSub}/{Topic} failed: {Problem}")]
    private static partial void LogFailed(ILogger logger, string id, string pubSub, string topic, string problem);

    [LoggerMessage(3205, LogLevel.Warning, "The app's answer to event {Id} on {PubSub}/{Topic} means {Result} (HTTP {Status}).")]
    private static partial void LogAnswer(ILogger logger, string id, string pubSub, string topic, DeliveryResult result, int status);
}
