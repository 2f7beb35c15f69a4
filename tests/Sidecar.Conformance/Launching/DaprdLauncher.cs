using System.Diagnostics;

namespace Lucid.Sidecar.Conformance.Launching;

/// <summary>
/// Runs a program that takes daprd's command line, one process for each sidecar. Actors and reminders of daprd need its placement and
/// scheduler services: <c>LUCID_DAPR_PLACEMENT</c> and <c>LUCID_DAPR_SCHEDULER</c> name their addresses. Identities need its sentry:
/// <c>LUCID_DAPR_SENTRY</c> names it and switches mutual TLS on; <c>DAPR_TRUST_ANCHORS</c> and the like are taken from the environment.
/// </summary>
public sealed class DaprdLauncher(string program) : ISidecarLauncher
{
    private const string SentryFlag = "--sentry-address";

    private static readonly (string Flag, string Variable)[] ControlPlane =
    [
        ("--placement-host-address", "LUCID_DAPR_PLACEMENT"), ("--scheduler-host-address", "LUCID_DAPR_SCHEDULER"), (SentryFlag, "LUCID_DAPR_SENTRY"),
    ];

    public async Task<ISidecar> StartAsync(SidecarSpec spec, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in spec.Arguments())
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (flag, variable) in ControlPlane)
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } address)
            {
                start.ArgumentList.Add(flag);
                start.ArgumentList.Add(address);
                if (flag == SentryFlag)
                {
                    start.ArgumentList.Add("--enable-mtls");
                }
            }
        }

        foreach (var (name, value) in spec.Environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} cannot be started");
        var sidecar = new ProcessSidecar(spec, process);
        try
        {
            await Probe.UntilAnswersAsync(new Uri(spec.Http, "/v1.0/healthz/outbound"), () => process.HasExited ? sidecar.Output : null, cancellationToken);
            return sidecar;
        }
        catch
        {
            await sidecar.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class ProcessSidecar : ISidecar
    {
        private readonly Process process;
        private readonly Lock gate = new();
        private readonly List<string> lines = [];

        public ProcessSidecar(SidecarSpec spec, Process process)
        {
            Spec = spec;
            this.process = process;
            process.OutputDataReceived += (_, line) => Keep(line.Data);
            process.ErrorDataReceived += (_, line) => Keep(line.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        public SidecarSpec Spec { get; }

        public string Output
        {
            get
            {
                lock (gate)
                {
                    return string.Join('\n', lines);
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync();
            }

            process.Dispose();
        }

        private void Keep(string? line)
        {
            lock (gate)
            {
                if (line is not null && lines.Count < 1000)
                {
                    lines.Add(line);
                }
            }
        }
    }
}
