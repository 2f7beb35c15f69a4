using System.CommandLine;
using Lucid.Cli.Output;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Lucid.Cli.Commands;

/// <summary>Starts the same services under the Dapr CLI, which keeps no tokens in its run file: they are minted here.</summary>
internal static class DaprRunCommand
{
    public static Command Create() => CommonOptions.Build("dapr-run", "Start the services with the Dapr CLI (dapr run), tokens minted for this run", [], async (_, terminal, cancellationToken) =>
    {
        var start = new ProcessStartInfo("dapr") { WorkingDirectory = LucidFolder.Root };
        foreach (var argument in (string[])["run", "-f", "dapr/dapr-run.yaml"])
        {
            start.ArgumentList.Add(argument);
        }

        // One pair for all apps: the Dapr CLI passes its own environment to every app and sidecar of a run file.
        start.Environment["DAPR_API_TOKEN"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        start.Environment["APP_API_TOKEN"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        terminal.Note("Under plain dapr run there is no mutual authentication: caller checks stop mistakes, not attackers.");
        try
        {
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new CliException("The Dapr CLI is not installed; ./run needs none.", ExitCodes.Unreadable);
        }
    });
}
