using System.Runtime.InteropServices;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Supervision;

namespace Lucid.Sidecar.Cli;

/// <summary><c>run</c> and the single-app mode: from arguments to a supervisor, and from signals to its end.</summary>
internal sealed class RunCommand(
    TextWriter output, Func<string, string?> variable, Func<RuntimeRequest, ISidecarRuntime> makeRuntime, Action<string, string?> refuseProduction)
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(60);

    public async Task<int> RunFileAsync(IReadOnlyList<string> arguments)
    {
        var options = new ArgumentReader(arguments, [.. RunFolder.Options, "--resources-path", "--ready-timeout", "--log-level"], ["--quiet"]);
        if (options.Positional is [var extra, ..])
        {
            throw new UsageException($"unexpected argument '{extra}'");
        }

        var folder = RunFolder.From(options);
        var more = options.All("--resources-path").Select(Path.GetFullPath).ToList();
        var level = LogLevels.Parse(options.One("--log-level") ?? "warn");
        var apps = RunFileParser.Read(folder.RunFile).Select(app => app with
        {
            ResourcePaths = [.. app.ResourcePaths, .. more],
            AppLog = options.Has("--quiet") ? LogDestination.File : app.AppLog,
        }).ToList();
        foreach (var app in apps)
        {
            refuseProduction($"{app.Location}: ENVIRONMENT of {app.Options.AppId}", app.Environment.GetValueOrDefault("ENVIRONMENT"));
        }

        var settings = new RunSettings(
            apps, Seconds(options.One("--ready-timeout"), ReadyTimeout), id => $"; the others go on; lucid-sidecar start{folder.Arguments} {id} starts it again") { Variable = variable };
        var runtime = makeRuntime(new RuntimeRequest(level, LogAsJson: false, MutualAuthentication: true, AuthorityFolder: null));
        await using (runtime.ConfigureAwait(false))
        {
            using var console = Console(apps, folder.Logs);
            var supervisor = new Supervisor(settings, runtime, console, TimeProvider.System);
            await using (supervisor.ConfigureAwait(false))
            {
                using var signals = new StopSignals(supervisor);
                var control = await ControlServer.StartAsync(folder.ControlSocket, supervisor, signals.Stop).ConfigureAwait(false);
                await using (control.ConfigureAwait(false))
                {
                    if (await signals.StartAsync().ConfigureAwait(false))
                    {
                        await signals.Requested.ConfigureAwait(false);
                        console.Notice("stopping");
                        await supervisor.StopAsync().ConfigureAwait(false);
                    }
                }

                return supervisor.HasFailed ? ExitCodes.AppFailed : ExitCodes.Clean;
            }
        }
    }

    public async Task<int> SingleAppAsync(IReadOnlyList<string> arguments)
    {
        var flags = DaprdFlags.Parse(arguments, variable);
        var app = flags.Plan;
        var settings = new RunSettings([app], ReadyTimeout, _ => "") { MetricsEnabled = flags.MetricsEnabled, Variable = variable };
        var request = new RuntimeRequest(
            flags.LogLevel, app.Options.LogAsJson, flags.MutualAuthentication, flags.MutualAuthentication ? Path.Combine(flags.LucidFolder, "ca") : null);
        var runtime = makeRuntime(request);
        await using (runtime.ConfigureAwait(false))
        {
            using var console = Console([app], logs: null);
            foreach (var warning in flags.Warnings)
            {
                console.Notice($"warning: {warning}");
            }

            var supervisor = new Supervisor(settings, runtime, console, TimeProvider.System);
            await using (supervisor.ConfigureAwait(false))
            {
                using var signals = new StopSignals(supervisor);
                if (await signals.StartAsync().ConfigureAwait(false))
                {
                    // As with dapr run, the sidecar ends with the app it has started.
                    var ended = app.Command.Count > 0 ? supervisor.AllEndedAsync() : Task.Delay(Timeout.Infinite, supervisor.Stopping);
                    await Task.WhenAny(signals.Requested, ended).ConfigureAwait(false);
                    await supervisor.StopAsync().ConfigureAwait(false);
                }

                return supervisor.HasFailed && supervisor.ExitCode is not 0 ? ExitCodes.AppFailed : ExitCodes.Clean;
            }
        }
    }

    private RunOutput Console(IReadOnlyList<AppPlan> apps, string? logs)
    {
        var colours = !System.Console.IsOutputRedirected && string.IsNullOrEmpty(variable("NO_COLOR"));
        return new RunOutput(output, colours, apps.Select(app => app.Options.AppId).ToList(), logs);
    }

    private static TimeSpan Seconds(string? text, TimeSpan otherwise) => text is null
        ? otherwise
        : double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86_400
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageException($"'{text}' is not a number of seconds");

    /// <summary>SIGINT, SIGTERM, SIGHUP and SIGQUIT end the run in order; a second one kills what is left.</summary>
    private sealed class StopSignals : IDisposable
    {
        private readonly Supervisor supervisor;
        private readonly List<PosixSignalRegistration> registrations;
        private readonly TaskCompletionSource requested = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenSource starting = new();
        private int count;

        public StopSignals(Supervisor supervisor)
        {
            this.supervisor = supervisor;
            PosixSignal[] ending = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];
            registrations = ending.Select(signal => PosixSignalRegistration.Create(signal, OnSignal)).ToList();
        }

        public Task Requested => requested.Task;

        public void Stop()
        {
            if (Interlocked.Increment(ref count) > 1)
            {
                supervisor.KillAll();
            }

            requested.TrySetResult();
            starting.Cancel();
        }

        /// <summary>Starts the run; false when a signal came before everything was started.</summary>
        public async Task<bool> StartAsync()
        {
            try
            {
                await supervisor.StartAsync(starting.Token).ConfigureAwait(false);
                return true;
            }
            catch (OperationCanceledException) when (starting.IsCancellationRequested)
            {
                return false;
            }
        }

        public void Dispose()
        {
            registrations.ForEach(registration => registration.Dispose());
            starting.Dispose();
        }

        private void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            Stop();
        }
    }
}
