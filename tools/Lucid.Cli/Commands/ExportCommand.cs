using System.CommandLine;
using Lucid.Cli.Output;
using Lucid.Cli.Api;
using Lucid.Cli.Profiles;
using Lucid.Cli.Recording;

namespace Lucid.Cli.Commands;

internal static class ExportCommand
{
    public static Command Create()
    {
        var session = new Argument<string>("session") { Description = "Session id" };
        var output = new Option<string?>("--output", "-o") { Description = "File to write (default: <session>.lucid.zip)" };
        var server = CommonOptions.Server();
        return CommonOptions.Build("export", "Write the evidence bundle of a finished recording", [session, output, server], async (parsed, terminal, cancellationToken) =>
        {
            await using var gateway = await GatewayClient.OpenAsync(ProfileStore.Default, parsed.GetValue(server), cancellationToken);
            var id = parsed.GetValue(session)!;
            var path = parsed.GetValue(output) ?? $"{id}.lucid.zip";
            var flow = new RecordingFlow(gateway, terminal.Note);
            var bytes = await terminal.ProgressAsync("Exporting", progress => flow.ExportAsync(id, path, progress, cancellationToken));
            terminal.Result(new { bundle = Path.GetFullPath(path), bytes }, () => $"{path}  {bytes:N0} bytes\nverify it with: ./lucid verify {path}");
            return ExitCodes.Ok;
        });
    }
}
