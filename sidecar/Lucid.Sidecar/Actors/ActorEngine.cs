using Lucid.Sidecar.Components;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Actors;

/// <summary>
/// The actors of one sidecar: calls to actors anywhere in the process, and the instances, timers and reminders of the types its own app hosts.
/// <para>
/// A call goes: names checked → resiliency policy → directory (which engine has the instance) → turn of the actor → PUT to that engine's app.
/// A caller that gives up leaves the queue; once its turn has begun, the turn lasts until the app has answered, because two turns
/// of one actor must not overlap.
/// </para>
/// </summary>
public sealed partial class ActorEngine : IAsyncDisposable
{
    private readonly SidecarContext context;
    private readonly ActorDirectory directory;
    private readonly ActorAppClient app;
    private readonly ActorStore? store;
    private readonly TimerHeap heap;
    private readonly ActorMetrics metrics;
    private readonly TimerService timers;
    private readonly ReminderService reminders;
    private readonly ILogger logger;
    private readonly SemaphoreSlim registration = new(1);
    private readonly SemaphoreSlim openReminders = new(128);
    private readonly CancellationTokenSource stopping = new();
    private volatile Dictionary<string, ActorTypeConfiguration> types = [];

    /// <exception cref="InvalidOperationException">More than one state store is marked <c>actorStateStore</c>, or one without transactions.</exception>
    public ActorEngine(SidecarContext context, IReadOnlyDictionary<string, IStateStore> stores, ActorDirectory directory)
    {
        this.context = context;
        this.directory = directory;
        logger = context.Loggers.CreateLogger<ActorEngine>();
        app = new ActorAppClient(context.App);
        store = ActorStore.Find(context, stores);
        heap = new TimerHeap(context.Time);
        metrics = new ActorMetrics(context.Metrics, AppId);
        timers = new TimerService(this, directory, heap, metrics, context.Time);
        reminders = new ReminderService(
            this, store is null ? null : new ReminderStore(AppId, store), heap, metrics, context.Time, context.Loggers.CreateLogger<ReminderService>());
    }

    internal string AppId => context.Options.AppId;
    internal string Namespace => context.Options.Namespace;

    /// <summary>Tells replicas of one app apart, the same after a restart.</summary>
    internal string ReplicaName => $"{AppId}:{context.Options.HttpPort}";

    internal long MaxBodySize => context.Options.MaxBodySize;
    internal CancellationToken Stopping => stopping.Token;

    internal IPolicy? ReminderRetries => context.Resiliency.ByName("DaprBuiltInActorReminderRetries");

    /// <summary>Types this sidecar's app hosts.</summary>
    public IReadOnlyCollection<string> HostedTypes => types.Keys;

    /// <summary>Number of active instances by type, for the metadata API.</summary>
    public IReadOnlyDictionary<string, int> ActiveActors() =>
        directory.ActorsOf(this).GroupBy(actor => actor.Key.Type).ToDictionary(group => group.Key, group => group.Count());

    /// <summary>
    /// Asks the app what it hosts (<c>GET /dapr/config</c>, unless that endpoint is disabled) and registers it; called at each healthy start.
    /// An answer other than 200 means no actors.
    /// </summary>
    /// <exception cref="HttpRequestException">The app cannot be reached.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var configuration = ActorHostConfiguration.None;
        if (context.Options.AppPort > 0 && !context.Options.DisabledInitEndpoints.Contains("config"))
        {
            configuration = await app.GetConfigurationAsync(cancellationToken);
        }

        await RegisterAsync(configuration, cancellationToken);
    }

    /// <summary>
    /// Hosts what the app's <c>/dapr/config</c> names and nothing else.
    /// Reminders of these types are read and armed, those that failed while the app was away fire at once.
    /// </summary>
    public async Task RegisterAsync(ActorHostConfiguration configuration, CancellationToken cancellationToken)
    {
        foreach (var warning in configuration.Warnings)
        {
            LogConfigurationWarning(AppId, warning);
        }

        await registration.WaitAsync(cancellationToken);
        try
        {
            await LeaveTypesAsync([.. types.Keys.Except(configuration.Types.Select(type => type.Type))], cancellationToken);

            // Known before the directory sends the first call.
            types = configuration.Types.ToDictionary(type => type.Type);
            foreach (var type in configuration.Types)
            {
                if (directory.Register(this, type.Type) is { } other)
                {
                    LogTypeTaken(AppId, type.Type, other);
                    types = types.Where(hosted => hosted.Key != type.Type).ToDictionary();
                }
            }

            foreach (var type in types.Keys.Where(type => directory.ReminderKeeper(Namespace, type) == this))
            {
                await reminders.KeepAsync(type, cancellationToken);
            }
        }
        finally
        {
            registration.Release();
        }
    }

    /// <summary>The app is not healthy: it hosts nothing until it registers again. Running calls may end, instances are deactivated as far as the app still answers.</summary>
    public Task UnregisterAsync(CancellationToken cancellationToken) => RegisterAsync(ActorHostConfiguration.None, cancellationToken);

    /// <summary>The app's process has ended: its instances and timers are forgotten, running calls fail. Types stay hosted, so that calls and reminders wait or fail instead of losing their address.</summary>
    public void NotifyAppRestarted()
    {
        foreach (var actor in directory.ActorsOf(this))
        {
            Forget(actor);
        }
    }

    /// <summary>No new calls; running ones may end within their type's drain time; then every instance is deactivated.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await registration.WaitAsync(cancellationToken);
        try
        {
            await LeaveTypesAsync([.. types.Keys], cancellationToken);
            types = [];
        }
        finally
        {
            registration.Release();
            await stopping.CancelAsync();
            await heap.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        registration.Dispose();
        openReminders.Dispose();
        stopping.Dispose();
    }

    /// <summary>Calls an actor wherever it lives.</summary>
    /// <exception cref="DaprApiException">Refused, not hosted, or the app failed.</exception>
    public async Task<ActorResponse> InvokeAsync(ActorRequest request, CancellationToken cancellationToken)
    {
        Check(request.ActorType, request.ActorId, request.Method);
        var key = new ActorKey(Namespace, request.ActorType, request.ActorId);
        var call = new ActorCall(Uri.EscapeDataString(request.Method), request.Query, request.Headers, request.Body);
        TurnResult result;
        try
        {
            result = await context.Resiliency.ForActor(key.Type, key.Id).ExecuteAsync(
                attempt => RouteAsync(key, call, attempt),
                static result => result switch
                {
                    { Outcome: TurnOutcome.Failed } => new AttemptOutcome(true),
                    { Response.Status: not (200 or 404) and var status } => new AttemptOutcome(true, status),
                    _ => AttemptOutcome.Success,
                },
                cancellationToken);
        }
        catch (Exception failure) when (failure is TimeoutException or CircuitOpenException)
        {
            throw new DaprApiException(ActorErrors.Invoke(failure.Message), failure);
        }

        return result switch
        {
            { Response: { Status: 200 } response } => response,
            { Response.Status: 404 } => throw new DaprApiException(ActorErrors.Invoke($"actor method not found: actors/{key}/method/{request.Method}")),
            { Response: { } response } => throw new DaprApiException(ActorErrors.Invoke(
                $"error from actor service: ({response.Status}) {System.Text.Encoding.UTF8.GetString(response.Body.Span)}")),
            { Outcome: TurnOutcome.NoHost } => throw new DaprApiException(ActorErrors.NoAddress(key)),
            { Outcome: TurnOutcome.TooDeep } => throw new DaprApiException(ActorErrors.StackDepth),
            _ => throw new DaprApiException(ActorErrors.Invoke(result.Failure?.Message ?? result.Outcome.ToString()), result.Failure),
        };
    }

    /// <summary>One try: the call in its turn, on the instance that lives when the turn comes.</summary>
    internal async Task<TurnResult> RouteAsync(ActorKey key, ActorCall call, CancellationToken cancellationToken)
    {
        while (true)
        {
            var actor = directory.Activate(key);
            if (actor is null)
            {
                return new TurnResult(TurnOutcome.NoHost);
            }

            var result = actor.Host == this
                ? await RunTurnAsync(actor, call, cancellationToken)
                : await actor.Host.ServeAsync(actor, call, cancellationToken);
            if (result.Outcome != TurnOutcome.Closed)
            {
                return result;
            }

            await actor.Gone.WaitAsync(cancellationToken);
        }
    }

    private static void Check(string type, string id, string? name = null)
    {
        if (ActorNames.IsReserved(type))
        {
            throw new DaprApiException(ActorErrors.TypeReserved(type));
        }

        if ((ActorNames.Problem(type) ?? ActorNames.Problem(id) ?? (name is null ? null : ActorNames.Problem(name))) is { } problem)
        {
            throw new DaprApiException(ActorErrors.BadRequest(problem));
        }
    }
}
