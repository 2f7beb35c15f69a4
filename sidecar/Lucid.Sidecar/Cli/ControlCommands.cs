using System.Globalization;
using System.Text.Json;
using Lucid.Sidecar.Supervision;

namespace Lucid.Sidecar.Cli;

/// <summary><c>start</c>, <c>stop</c>, <c>status</c> and <c>wait</c>: questions to the supervisor of a run file.</summary>
internal sealed class ControlCommands(TextWriter output)
{
    private const double DefaultWaitSeconds = 120;

    private static readonly JsonSerializerOptions Indented = new(ControlProtocol.Json) { WriteIndented = true };

    public async Task<int> RunAsync(string command, IReadOnlyList<string> arguments)
    {
        var options = new ArgumentReader(arguments, [.. RunFolder.Options, "--timeout", "--pid"], ["--json"]);
        var (appId, extra) = (command, options.Positional) switch
        {
            ("start", [var id, .. var rest]) => (id, rest),
            ("start", []) => throw new UsageException("start needs the app-id"),
            (_, var rest) => (null, rest),
        };
        if (extra is [var unexpected, ..])
        {
            throw new UsageException($"unexpected argument '{unexpected}'");
        }

        var socket = RunFolder.From(options).ControlSocket;
        if (command == "wait")
        {
            return await WaitAsync(socket, options.One("--timeout"), Process(options.One("--pid"))).ConfigureAwait(false);
        }

        var reply = await ControlClient.TrySendAsync(socket, new ControlRequest(command, appId), CancellationToken.None).ConfigureAwait(false)
            ?? throw new ControlException($"nothing runs from this run file (nobody answers on {socket})");
        if (command == "status")
        {
            await ShowAsync(reply, options.Has("--json")).ConfigureAwait(false);
            return ExitCodes.Clean;
        }

        if (command == "stop")
        {
            // The socket answers until the run is over.
            while (await StillRunsAsync(socket).ConfigureAwait(false))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50)).ConfigureAwait(false);
            }
        }

        await output.WriteLineAsync(reply.Message).ConfigureAwait(false);
        return reply.Ok ? ExitCodes.Clean : ExitCodes.AppFailed;
    }

    /// <summary>Also waits for a supervisor that has not come up yet, so that a script can start both together.</summary>
    /// <param name="supervisor">Its process, when the caller knows it: no use to wait for one that has ended.</param>
    private async Task<int> WaitAsync(string socket, string? timeout, int? supervisor)
    {
        var seconds = timeout is null ? DefaultWaitSeconds
            : double.TryParse(timeout, CultureInfo.InvariantCulture, out var given) && given is > 0 and <= 86_400 ? given
            : throw new UsageException($"--timeout {timeout}: must be a number of seconds");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            while (true)
            {
                if (await ControlClient.TrySendAsync(socket, new ControlRequest("wait"), limit.Token).ConfigureAwait(false) is { } reply)
                {
                    await output.WriteLineAsync(reply.Message).ConfigureAwait(false);
                    return reply.Ok ? ExitCodes.Clean : ExitCodes.AppFailed;
                }

                if (supervisor is { } process && !ProcessTable.IsAlive(process))
                {
                    throw new ControlException($"process {process} has ended");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token).ConfigureAwait(false);
            }
        }
        catch (ControlException)
        {
            await output.WriteLineAsync("the run ended before every app was ready").ConfigureAwait(false);
            return ExitCodes.AppFailed;
        }
        catch (OperationCanceledException)
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"not ready within {seconds} s")).ConfigureAwait(false);
            return ExitCodes.AppFailed;
        }
    }

    private async Task ShowAsync(ControlReply reply, bool asJson)
    {
        if (asJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(new { reply.Pid, reply.AllReady, reply.Apps }, Indented)).ConfigureAwait(false);
            return;
        }

        var width = reply.Apps.Select(app => app.AppId.Length).Append("app".Length).Max();
        await output.WriteLineAsync($"{"app".PadRight(width)}  {"state",-8}  {"process",8}  {"port",5}  {"dapr",5}").ConfigureAwait(false);
        foreach (var app in reply.Apps)
        {
            var note = app.Problem ?? (app.ExitCode is { } code ? $"ended with {app.Signal ?? $"code {code}"}" : app.ReadyAfterMilliseconds is { } ready ? $"after {ready} ms" : "");
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{app.AppId.PadRight(width)}  {app.State.ToString().ToLowerInvariant(),-8}  {app.Pid,8}  {app.AppPort,5}  {app.DaprHttpPort,5}  {note}")).ConfigureAwait(false);
        }
    }

    private static int? Process(string? text) => text is null ? null
        : int.TryParse(text, CultureInfo.InvariantCulture, out var id) && id > 0 ? id
        : throw new UsageException($"--pid {text}: must be a process id");

    private static async Task<bool> StillRunsAsync(string socket)
    {
        try
        {
            return await ControlClient.TrySendAsync(socket, new ControlRequest("status"), CancellationToken.None).ConfigureAwait(false) is not null;
        }
        catch (ControlException)
        {
            return false;
        }
    }
}
