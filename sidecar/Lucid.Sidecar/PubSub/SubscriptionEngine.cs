using System.Text.Json;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.PubSub.Cel;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.PubSub;

/// <summary>The subscriptions of one app: read from resource files and from the app, delivered, drained on stop.</summary>
public sealed partial class SubscriptionEngine : IAsyncDisposable
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(30);

    private readonly SidecarContext context;
    private readonly PublishEngine publisher;
    private readonly IReadOnlyDictionary<string, PubSubComponent> components;
    private readonly AppGate gate;
    private readonly PubSubMetrics metrics;
    private readonly ILogger logger;
    private readonly SemaphoreSlim turn = new(1);
    private DeliveryScope? scope;
    private List<IAsyncDisposable> handles = [];

    public SubscriptionEngine(SidecarContext context, PublishEngine publisher, IReadOnlyDictionary<string, PubSubComponent> components)
    {
        this.context = context;
        this.publisher = publisher;
        this.components = components;
        gate = new AppGate(context.App, context.Time);
        metrics = new PubSubMetrics(context.Metrics, context.Options.AppId, context.Options.Namespace);
        logger = context.Loggers.CreateLogger<SubscriptionEngine>();
    }

    /// <summary>What is subscribed now.</summary>
    public IReadOnlyList<ActiveSubscription> Active { get; private set; } = [];

    /// <summary>Reads the subscriptions and starts delivery. A subscription that cannot be used is logged and left out; the app starts all the same.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (scope is null)
            {
                await StartInTurnAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>
    /// Takes no more messages and lets the app finish what it is working on, for 30 s or until <paramref name="cancellationToken"/>
    /// is cancelled; then requests are cut off. Messages without a decision stay with the broker and are not dead-lettered.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await StopInTurnAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The app was started again: its subscriptions are read anew.</summary>
    public async Task NotifyAppRestartedAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await StopInTurnAsync(cancellationToken).ConfigureAwait(false);
            await StartInTurnAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await StopAsync(now.Token).ConfigureAwait(false);
        turn.Dispose();
    }

    private async Task StartInTurnAsync(CancellationToken cancellationToken)
    {
        gate.ReportReached();
        scope = new DeliveryScope(context, publisher, gate, metrics);
        List<ActiveSubscription> active = [];
        try
        {
            foreach (var candidate in await ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                if (PlanOf(candidate.Subscription) is { } plan && await SubscribeAsync(plan, scope, cancellationToken).ConfigureAwait(false))
                {
                    active.Add(candidate);
                }
            }
        }
        catch
        {
            await StopInTurnAsync(cancellationToken).ConfigureAwait(false);
            throw;
        }

        Active = active;
    }

    private async Task StopInTurnAsync(CancellationToken cancellationToken)
    {
        if (scope is null)
        {
            return;
        }

        Active = [];
        await scope.StopAsync().ConfigureAwait(false);
        var drain = Task.WhenAll(handles.Select(handle => handle.DisposeAsync().AsTask()));
        using (var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            var timer = Task.Delay(DrainLimit, context.Time, limit.Token);
            if (await Task.WhenAny(drain, timer).ConfigureAwait(false) != drain)
            {
                LogDrainCutOff(logger);
                await scope.AbortAsync().ConfigureAwait(false);
            }

            await limit.CancelAsync().ConfigureAwait(false);
        }

        await drain.ConfigureAwait(false);
        handles = [];
        scope.Dispose();
        scope = null;
    }

    private async Task<List<ActiveSubscription>> ReadAsync(CancellationToken cancellationToken)
    {
        List<ActiveSubscription> found = [];
        if (context.Options.AppPort != 0 && !context.Options.DisabledInitEndpoints.Contains("subscribe"))
        {
            try
            {
                var programmatic = await AppSubscriptions.FetchAsync(context.App, context.Time, cancellationToken).ConfigureAwait(false);
                found.AddRange(programmatic.Select(subscription => new ActiveSubscription(subscription, IsDeclarative: false)));
            }
            catch (Exception failure) when (failure is HttpRequestException or JsonException or FormatException or IOException)
            {
                LogSubscribeUnusable(logger, failure.Message);
            }
        }

        foreach (var subscription in context.Resources.Subscriptions)
        {
            if (subscription.Scopes.Count > 0 && !subscription.Scopes.Contains(context.Options.AppId))
            {
                continue;
            }

            if (found.Exists(other => !other.IsDeclarative && other.Subscription.PubSubName == subscription.PubSubName && other.Subscription.Topic == subscription.Topic))
            {
                LogTwice(logger, subscription.PubSubName, subscription.Topic);
                continue;
            }

            found.Add(new ActiveSubscription(subscription, IsDeclarative: true));
        }

        return found;
    }

    private SubscriptionPlan? PlanOf(SubscriptionResource subscription)
    {
        var (pubSub, topic) = (subscription.PubSubName, subscription.Topic);
        if (!components.TryGetValue(pubSub, out var component))
        {
            LogUnknownPubSub(logger, pubSub, topic);
            return null;
        }

        SubscriptionRoutes routes;
        try
        {
            routes = SubscriptionRoutes.Compile(subscription);
        }
        catch (CelException problem)
        {
            LogBadRule(logger, pubSub, topic, problem.Message);
            return null;
        }

        if (routes.IsEmpty)
        {
            LogNoRoutes(logger, pubSub, topic);
            return null;
        }

        if (!component.Rules.MaySubscribe(topic))
        {
            LogForbidden(logger, context.Options.AppId, pubSub, topic);
            return null;
        }

        if (!MessageMetadata.TryReadRawPayload(subscription.Metadata, out var rawPayload, out var unreadable))
        {
            LogBadRule(logger, pubSub, topic, unreadable!);
            return null;
        }

        return new SubscriptionPlan(component, subscription, routes, rawPayload);
    }

    private async Task<bool> SubscribeAsync(SubscriptionPlan plan, DeliveryScope current, CancellationToken cancellationToken)
    {
        PubSubHandler handler;
        var concurrency = 1;
        if (plan.Resource.BulkSubscribe is { Enabled: true } bulk)
        {
            var batches = new BulkDelivery(current, plan, bulk);
            handles.Add(batches);
            handler = batches.HandleAsync;
            concurrency = bulk.MaxMessagesCount;
        }
        else
        {
            handler = new MessageDelivery(current, plan).HandleAsync;
        }

        try
        {
            var subscription = new PubSubSubscription(plan.Topic, plan.Component.ConsumerGroup, plan.Resource.Metadata) { MinimumConcurrency = concurrency };
            handles.Add(await plan.Component.Broker.SubscribeAsync(subscription, handler, cancellationToken).ConfigureAwait(false));
            LogSubscribed(logger, plan.PubSubName, plan.Topic);
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogSubscribeFailed(logger, failure, plan.PubSubName, plan.Topic);
            return false;
        }
    }
}
