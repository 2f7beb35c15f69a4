using System.CommandLine;
using System.Diagnostics;
using Lucid.Cli.Output;
using Lucid.Cli.Api;
using Lucid.Cli.Profiles;
using Lucid.Cli.Recording;
using Lucid.Contracts.Sessions;

namespace Lucid.Cli.Commands;

internal static class RecordCommand
{
    public static Command Create()
    {
        var source = new Argument<string?>("source") { Description = "- for fragmented MP4 on standard input", Arity = ArgumentArity.ZeroOrOne };
        var display = new Option<string?>("--display") { Description = "An X display, for example :99 (needs ffmpeg)" };
        var file = new Option<string?>("--file") { Description = "A fragmented MP4 file" };
        var name = new Option<string>("--name") { Description = "Name of the session", DefaultValueFactory = _ => "recording" };
        var seconds = new Option<int?>("--seconds") { Description = "Stop after this long (default: Ctrl-C, or the end of the input)" };
        var size = new Option<string?>("--size") { Description = "WxH to grab (default: the whole display)" };
        var frameRate = new Option<int>("--frame-rate") { Description = "1-60", DefaultValueFactory = _ => 15 };
        var noWait = new Option<bool>("--no-wait") { Description = "Return after the stop instead of waiting for the anchor" };
        var server = CommonOptions.Server();
        return CommonOptions.Build(
            "record", "Record a display, a file or standard input", [source, display, file, name, seconds, size, frameRate, noWait, server],
            async (parsed, terminal, cancellationToken) =>
            {
                var (from, path) = (parsed.GetValue(display), parsed.GetValue(file));
                if (new[] { from, path, parsed.GetValue(source) }.Count(value => value is not null) != 1)
                {
                    throw new CliException("Name one source: --display :N, --file FILE, or - for standard input.", ExitCodes.Unreadable);
                }

                await using var input = from is not null ? Stream.Null : path is null ? Console.OpenStandardInput() : File.OpenRead(path);
                await using var gateway = await GatewayClient.OpenAsync(ProfileStore.Default, parsed.GetValue(server), cancellationToken);
                var flow = new RecordingFlow(gateway, terminal.Note);
                var rate = parsed.GetValue(frameRate);
                var (session, grant) = await flow.StartAsync(parsed.GetValue(name)!, new RecordingConfig(FrameRate: rate), cancellationToken);
                terminal.Note($"Recording session {session}" + (from is null ? "" : "; Ctrl-C stops"));
                using var stop = new CancellationTokenSource();
                if (parsed.GetValue(seconds) is { } limit)
                {
                    stop.CancelAfter(TimeSpan.FromSeconds(limit));
                }

                var began = Stopwatch.GetTimestamp();
                var uploader = await terminal.StatusAsync("Recording", show =>
                {
                    void Progress(long acknowledged) => show($"Recording {Stopwatch.GetElapsedTime(began):hh\\:mm\\:ss}, {acknowledged:N0} bytes safe on the server");
                    return from is not null
                        ? FromDisplayAsync(flow, session, grant, from, rate, parsed.GetValue(size), Progress, stop.Token, cancellationToken)
                        : flow.SendAsync(session, grant, input, null, Progress, cancellationToken);
                });
                SessionView view;
                if (uploader is { Acknowledged: 0, Ended: false })
                {
                    throw new CliException("Nothing was recorded: the input holds no fragment.", ExitCodes.Unreadable);
                }

                if (uploader.Ended)
                {
                    terminal.Note($"The server ended the recording: {uploader.EndReason}");
                    view = await flow.GetAsync(session, CancellationToken.None);
                }
                else
                {
                    view = await flow.StopAsync(session, null, CancellationToken.None);
                }

                if (!parsed.GetValue(noWait))
                {
                    terminal.Note("Waiting for the anchor to be final ...");
                    view = await terminal.StatusAsync("Waiting", show =>
                        flow.WaitForAnchorAsync(session, now => show($"Session {now.State}, anchor {now.AnchorStatus}"), CancellationToken.None));
                }

                terminal.Result(view, () => $"{view.SessionId}  {view.State}, anchor {view.AnchorStatus}  {uploader.Acknowledged:N0} bytes"
                    + (view.BlockHeight is { } height ? $"\nblock {height}  {view.BlockHash}\nexport it with: ./lucid export {view.SessionId}" : ""));
                return ExitCodes.Ok;
            });
    }

    // Ctrl-C ends the capture, not the command: the encoder finishes its fragment, and the session is stopped in order.
    private static async Task<FragmentUploader> FromDisplayAsync(
        RecordingFlow flow, string session, IngestGrant grant, string display, int frameRate, string? size, Action<long> progress, CancellationToken limit, CancellationToken interrupted)
    {
        await using var encoder = ScreenEncoder.Start(display, frameRate, size, bitrateKbps: 2000);
        await using var onLimit = limit.Register(() => _ = encoder.StopAsync());
        await using var onInterrupt = interrupted.Register(() => _ = encoder.StopAsync());
        var uploader = await flow.SendAsync(session, grant, encoder.Output, null, progress, CancellationToken.None);
        var said = await encoder.WaitAsync(CancellationToken.None);
        return uploader.Acknowledged == 0 && !uploader.Ended ? throw new CliException($"Nothing could be captured from {display}: {said}", ExitCodes.Unreadable) : uploader;
    }
}
