using System.Diagnostics;
using System.Globalization;
using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.Supervision;

/// <summary>
/// A run: sidecars first, then the apps in the order of the file; then it waits until it is stopped, and ends the apps in reverse order,
/// each when its sidecar has stopped delivering to it, and the sidecars after them, all within ten seconds.
/// </summary>
internal sealed class Supervisor(RunSettings settings, ISidecarRuntime runtime, RunOutput output, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan AppGrace = TimeSpan.FromSeconds(6.5);
    private static readonly TimeSpan DeliveryGrace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan SidecarGrace = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource stopping = new();
    private readonly SpawnThread spawn = new();
    private List<SupervisedApp> apps = [];
    private Lifeline? lifeline;

    /// <summary>Raised after every change of <see cref="Status"/>.</summary>
    public event Action? Changed;

    public IReadOnlyList<AppStatus> Status => apps.Select(app => app.Status).ToList();

    /// <summary>Cancelled as soon as the run stops.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>True when an app has ended during the run or was not ready in time.</summary>
    public bool HasFailed => apps.Any(app => app.HasFailed);

    /// <summary>Starts everything. When this throws, what was started has been stopped again.</summary>
    /// <exception cref="ResourceException">A resource or configuration file cannot be used.</exception>
    /// <exception cref="PortInUseException">A port is taken.</exception>
    /// <exception cref="SidecarStartException">A sidecar cannot be started.</exception>
    /// <exception cref="ChildStartException">A process cannot be started.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var plans = PortPlan.Fill(settings.Apps);
        var resources = plans.Select(Load).ToList();
        PortPlan.Check(plans);

        lifeline = await Lifeline.StartAsync(spawn).ConfigureAwait(false);
        var services = new SupervisorServices(runtime, spawn, lifeline, output, time, settings.ReadyTimeout, settings.AfterExit);
        apps = plans.Zip(resources, (plan, set) => new SupervisedApp(plan, set, services)).ToList();
        var begun = Stopwatch.GetTimestamp();
        try
        {
            foreach (var app in apps)
            {
                app.Changed += () => Changed?.Invoke();
                await app.StartSidecarAsync(cancellationToken).ConfigureAwait(false);
            }

            Changed += () => AnnounceAllReady(begun);
            foreach (var app in apps)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await app.LaunchAsync(stopping.Token).ConfigureAwait(false);
            }
        }
        catch
        {
            await StopAsync().ConfigureAwait(false);
            throw;
        }
    }

    private ResourceSet Load(AppPlan plan)
    {
        var set = ResourceLoader.Load(plan.ResourcePaths, plan.ConfigFiles, plan.Options.Namespace);
        var tracing = OtlpEnvironment.Apply(set.Configuration.Tracing, name => plan.Environment.GetValueOrDefault(name) ?? settings.Variable(name));
        set = set with { Configuration = set.Configuration with { Tracing = tracing } };
        return settings.MetricsEnabled ? set : set with { Configuration = set.Configuration with { Metrics = set.Configuration.Metrics with { Enabled = false } } };
    }

    /// <summary>Starts the process of an app again.</summary>
    /// <returns>Null, or why it was not started.</returns>
    public async Task<string?> StartAgainAsync(string appId) => apps.Find(app => app.AppId == appId) is { } app
        ? await app.StartAgainAsync(stopping.Token).ConfigureAwait(false)
        : $"there is no app {appId} in this run; it has {string.Join(", ", apps.Select(known => known.AppId))}";

    /// <summary>Completes when every app has ended by itself.</summary>
    public Task AllEndedAsync() => Task.WhenAll(apps.Select(app => app.Ended));

    /// <summary>The exit code of the only app's process, once it has ended.</summary>
    public int? ExitCode => apps is [var only] ? only.Status.ExitCode : null;

    public async Task StopAsync()
    {
        if (stopping.IsCancellationRequested)
        {
            return;
        }

        await stopping.CancelAsync().ConfigureAwait(false);
        var deadline = Task.Delay(AppGrace, time);
        using var impatient = new CancellationTokenSource(DeliveryGrace, time);
        var ended = new List<Task>();
        foreach (var app in Enumerable.Reverse(apps))
        {
            // The next in line waits for this one, but not for long: those that depend on it started after it.
            ended.Add(EndAsync(app, impatient.Token));
            await Task.WhenAny(ended[^1], Task.Delay(HeadStart, time), deadline).ConfigureAwait(false);
        }

        var all = Task.WhenAll(ended);
        if (await Task.WhenAny(all, deadline).ConfigureAwait(false) == deadline)
        {
            foreach (var app in apps.Where(app => !app.Ended.IsCompleted))
            {
                output.Notice(string.Create(CultureInfo.InvariantCulture, $"{app.AppId} did not stop within {AppGrace.TotalSeconds} s and is killed"));
                app.Kill();
            }

            await all.ConfigureAwait(false);
        }

        using var timeout = new CancellationTokenSource(SidecarGrace, time);
        await Task.WhenAll(apps.Select(app => StopSidecarAsync(app, timeout.Token))).ConfigureAwait(false);
    }

    /// <summary>Kills every process at once: for a second Ctrl-C.</summary>
    public void KillAll() => apps.ForEach(app => app.Kill());

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        if (lifeline is not null)
        {
            await lifeline.DisposeAsync().ConfigureAwait(false);
        }

        spawn.Dispose();
        stopping.Dispose();
    }

    private static async Task EndAsync(SupervisedApp app, CancellationToken impatient)
    {
        await app.TerminateAsync(impatient).ConfigureAwait(false);
        await app.Ended.ConfigureAwait(false);
    }

    private async Task StopSidecarAsync(SupervisedApp app, CancellationToken cancellationToken)
    {
        try
        {
            await app.StopSidecarAsync(cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            output.Notice($"the sidecar of {app.AppId} did not stop in time");
        }
        catch (Exception error)
        {
            // One sidecar that fails to stop must not keep the others from stopping.
            output.Notice($"the sidecar of {app.AppId} failed to stop: {error.Message}");
        }
    }

    private int announced;

    private void AnnounceAllReady(long begun)
    {
        if (apps.TrueForAll(app => app.Status.State == AppState.Ready) && Interlocked.Exchange(ref announced, 1) == 0)
        {
            var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            output.Notice(string.Create(CultureInfo.InvariantCulture, $"{(apps.Count == 1 ? "1 app is" : $"all {apps.Count} apps are")} ready after {seconds:0.00} s"));
        }
    }
}

/// <param name="ReadyTimeout">An app that is not ready after this is reported; it is not stopped.</param>
/// <param name="AfterExit">What to add to the report of an app that has ended, by its app-id.</param>
internal sealed record RunSettings(IReadOnlyList<AppPlan> Apps, TimeSpan ReadyTimeout, Func<string, string> AfterExit)
{
    /// <summary>False: no metrics, whatever the configuration files say.</summary>
    public bool MetricsEnabled { get; init; } = true;

    /// <summary>Reads this process's environment; a run file's variables lie over it.</summary>
    public Func<string, string?> Variable { get; init; } = _ => null;
}

/// <summary>A sidecar could not be started.</summary>
internal sealed class SidecarStartException(string appId, Exception inner) : Exception($"the sidecar of {appId} cannot start: {inner.Message}", inner);
