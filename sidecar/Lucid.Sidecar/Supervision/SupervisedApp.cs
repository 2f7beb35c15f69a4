using System.Diagnostics;
using System.Globalization;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Supervision;

/// <summary>One app of a run: its sidecar, which lives as long as the run, and its process, which may end and be started again.</summary>
internal sealed class SupervisedApp(AppPlan plan, ResourceSet resources, SupervisorServices services)
{
    private readonly SidecarOptions options = AppEnvironment.WithTokens(plan);
    private readonly Lock gate = new();
    private IRunningSidecar? sidecar;
    private ChildProcess? child;
    private Task watching = Task.CompletedTask;
    private AppState state = AppState.Starting;
    private TimeSpan? readyAfter;
    private int? exitCode;
    private int starts;
    private string? problem;
    private bool hasEnded;

    public string AppId => options.AppId;

    /// <summary>True once its process has ended without being asked to, and while it is not ready though its time is over.</summary>
    public bool HasFailed
    {
        get
        {
            lock (gate)
            {
                return hasEnded || problem is not null;
            }
        }
    }

    /// <summary>Raised after every change of <see cref="Status"/>.</summary>
    public event Action? Changed;

    public AppStatus Status
    {
        get
        {
            lock (gate)
            {
                return new AppStatus(
                    AppId, state, child is { Exited.IsCompleted: false } ? child.Id : null, options.AppPort, options.HttpPort, options.GrpcPort,
                    options.MetricsPort, (long?)readyAfter?.TotalMilliseconds, exitCode, exitCode is { } code ? Signals.NameOf(code) : null, starts, problem);
            }
        }
    }

    /// <summary>The process has ended, or there is none to wait for.</summary>
    public Task Ended => child?.Exited ?? Task.CompletedTask;

    /// <exception cref="ResourceException">A resource of the app cannot be used.</exception>
    /// <exception cref="PortInUseException">Somebody has taken a port since it was looked at.</exception>
    /// <exception cref="SidecarStartException">Anything else.</exception>
    public async Task StartSidecarAsync(CancellationToken cancellationToken)
    {
        try
        {
            sidecar = await services.Runtime.StartAsync(options, resources, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            PortPlan.Check([plan]);
            throw;
        }
        catch (Exception error) when (error is not (OperationCanceledException or ResourceException))
        {
            throw new SidecarStartException(AppId, error);
        }
    }

    /// <summary>Starts the process, if the app has one here, and watches it become ready.</summary>
    /// <exception cref="ChildStartException">The process cannot be started.</exception>
    public async Task LaunchAsync(CancellationToken stopping)
    {
        var again = starts > 0;
        var started = plan.Command.Count == 0
            ? null
            : await ChildProcess.StartAsync(
                services.Spawn, services.Lifeline, plan.Command, plan.Directory, AppEnvironment.Of(plan, options),
                line => services.Output.Line(AppId, line, plan.AppLog)).ConfigureAwait(false);
        lock (gate)
        {
            child = started;
            starts++;
            state = AppState.Starting;
            (readyAfter, exitCode, problem) = (null, null, null);
        }

        if (started is not null)
        {
            _ = ReportExitAsync(started, stopping);
        }

        Changed?.Invoke();
        watching = WatchReadyAsync(again, stopping);
    }

    /// <summary>Starts the process again after it has ended.</summary>
    /// <returns>Null, or why it was not started.</returns>
    public async Task<string?> StartAgainAsync(CancellationToken stopping)
    {
        lock (gate)
        {
            if (state != AppState.Exited)
            {
                return $"{AppId} is {state.ToString().ToLowerInvariant()}: only an app that has ended can be started again";
            }

            state = AppState.Starting;
        }

        await watching.ConfigureAwait(false);
        if (options.AppPort > 0 && ListeningPorts.HolderOf(options.AppPort) is { } holder)
        {
            SetState(AppState.Exited);
            return new PortInUseException(options.AppPort, $"app port of {AppId}", holder).Message;
        }

        try
        {
            await LaunchAsync(stopping).ConfigureAwait(false);
            return null;
        }
        catch (ChildStartException error)
        {
            SetState(AppState.Exited);
            return error.Message;
        }
    }

    /// <summary>Asks the process to end once its sidecar has nothing under way with it, at the latest when <paramref name="impatient"/> is cancelled.</summary>
    public async Task TerminateAsync(CancellationToken impatient)
    {
        SetState(AppState.Stopping);
        try
        {
            if (sidecar is not null && child is { Exited.IsCompleted: false })
            {
                await sidecar.StopDeliveryAsync(impatient).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (impatient.IsCancellationRequested)
        {
            // What the app did not finish comes again after the next start.
        }
        catch (Exception error)
        {
            // The edge of this app: whatever its sidecar does, the process is asked to end.
            services.Output.Notice($"{AppId}: its sidecar did not stop delivering: {error.Message}");
        }

        child?.Terminate();
    }

    public void Kill() => child?.Kill();

    /// <summary>Stops the sidecar; the process must have ended.</summary>
    public async Task StopSidecarAsync(CancellationToken cancellationToken)
    {
        await watching.ConfigureAwait(false);
        if (sidecar is not null)
        {
            await sidecar.StopAsync(cancellationToken).ConfigureAwait(false);
            await sidecar.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task ReportExitAsync(ChildProcess started, CancellationToken stopping)
    {
        var code = await started.Exited.ConfigureAwait(false);
        if (!stopping.IsCancellationRequested)
        {
            await ForgetProcessAsync(stopping).ConfigureAwait(false);
        }

        lock (gate)
        {
            exitCode = code;
            state = stopping.IsCancellationRequested ? AppState.Stopping : AppState.Exited;
            hasEnded |= !stopping.IsCancellationRequested;
        }

        if (!stopping.IsCancellationRequested)
        {
            var how = Signals.NameOf(code) is { } signal ? $"was ended by {signal}" : code == 127 ? "ended with code 127: its command was not found" : $"ended with code {code}";
            services.Output.Notice($"{AppId} (process {started.Id}) {how}{services.AfterExit(AppId)}");
        }

        Changed?.Invoke();
    }

    /// <summary>The sidecar stops delivering to the ended process and waits for the next one.</summary>
    private async Task ForgetProcessAsync(CancellationToken stopping)
    {
        try
        {
            await sidecar!.NotifyAppRestartedAsync(stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The run stops: the sidecar does so too.
        }
        catch (Exception error)
        {
            // The edge of this app: the others go on whatever its sidecar does.
            services.Output.Notice($"{AppId}: its sidecar still holds on to the ended process: {error.Message}");
        }
    }

    private async Task WatchReadyAsync(bool again, CancellationToken stopping)
    {
        var begun = Stopwatch.GetTimestamp();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        if (child is { } current)
        {
            _ = CancelOnExitAsync(current, ended);
        }

        try
        {
            var ready = ReadyAsync(again, ended.Token);
            if (await Task.WhenAny(ready, Task.Delay(services.ReadyTimeout, services.Time, ended.Token)).ConfigureAwait(false) != ready && !ended.IsCancellationRequested)
            {
                await ReportLateAsync(ended.Token).ConfigureAwait(false);
            }

            await ready.ConfigureAwait(false);
            var took = Stopwatch.GetElapsedTime(begun);
            lock (gate)
            {
                if (state != AppState.Starting)
                {
                    return;
                }

                (state, readyAfter, problem) = (AppState.Ready, took, null);
            }

            services.Output.Notice(string.Create(CultureInfo.InvariantCulture, $"{AppId} is ready after {took.TotalSeconds:0.00} s{Where()}"));
            Changed?.Invoke();
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The process has ended or the run stops: both are reported where they happen.
        }
        catch (Exception error)
        {
            // The edge of this app: whatever keeps its sidecar from becoming ready is this app's problem and not the run's.
            Fail($"{AppId}: its sidecar did not become ready: {error.Message}");
        }
    }

    private async Task ReadyAsync(bool again, CancellationToken cancellationToken)
    {
        await sidecar!.Ready.WaitAsync(cancellationToken).ConfigureAwait(false);
        while (again && !sidecar.IsReady)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), services.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ReportLateAsync(CancellationToken cancellationToken)
    {
        var seconds = services.ReadyTimeout.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        var why = options.AppPort == 0
            ? "its sidecar does not become ready"
            : await ListeningPorts.AnswersAsync(options.AppChannelAddress, options.AppPort, cancellationToken).ConfigureAwait(false)
                ? $"it listens on port {options.AppPort}, but does not answer its sidecar"
                : $"nothing listens on its port {options.AppPort}";
        Fail($"{AppId} is not ready after {seconds} s: {why}; still waiting, the others go on");
    }

    private void Fail(string message)
    {
        lock (gate)
        {
            problem = message;
        }

        services.Output.Notice(message);
        Changed?.Invoke();
    }

    private void SetState(AppState next)
    {
        lock (gate)
        {
            state = next;
        }

        Changed?.Invoke();
    }

    private string Where() => options.AppPort == 0 ? $" (Dapr HTTP {options.HttpPort})" : $" (app {options.AppPort}, Dapr HTTP {options.HttpPort})";

    private static async Task CancelOnExitAsync(ChildProcess child, CancellationTokenSource cancellation)
    {
        await child.Exited.ConfigureAwait(false);
        try
        {
            await cancellation.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The app had become ready long before it ended.
        }
    }
}
