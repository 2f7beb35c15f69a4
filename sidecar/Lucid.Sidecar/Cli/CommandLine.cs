using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Supervision;

namespace Lucid.Sidecar.Cli;

/// <summary>Chooses the command and turns what goes wrong into a sentence and an exit code.</summary>
internal sealed class CommandLine(TextWriter output, TextWriter errors, Func<string, string?> variable, Func<RuntimeRequest, ISidecarRuntime> makeRuntime)
{
    public async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            return await DispatchAsync(arguments).ConfigureAwait(false);
        }
        catch (UsageException error)
        {
            await errors.WriteLineAsync($"error: {error.Message}\nlucid-sidecar help shows the usage").ConfigureAwait(false);
            return ExitCodes.Usage;
        }
        catch (Exception error) when (error is ResourceException or ControlException or Certificates.AuthorityException)
        {
            await errors.WriteLineAsync($"error: {error.Message}").ConfigureAwait(false);
            return ExitCodes.Usage;
        }
        catch (PortInUseException error)
        {
            await errors.WriteLineAsync($"error: {error.Message}").ConfigureAwait(false);
            return ExitCodes.PortInUse;
        }
        catch (Exception error) when (error is ChildStartException or SidecarStartException)
        {
            await errors.WriteLineAsync($"error: {error.Message}").ConfigureAwait(false);
            return ExitCodes.AppFailed;
        }
    }

    private async Task<int> DispatchAsync(string[] arguments)
    {
        switch (arguments)
        {
            case [] or ["help" or "-h" or "--help" or "-help", ..]:
                await output.WriteLineAsync(UsageText.Text).ConfigureAwait(false);
                return arguments.Length == 0 ? ExitCodes.Usage : ExitCodes.Clean;
            case ["version" or "--version" or "-version", ..]:
                await output.WriteLineAsync($"lucid-sidecar {typeof(CommandLine).Assembly.GetName().Version?.ToString(3)} (Dapr API of daprd 1.18)").ConfigureAwait(false);
                return ExitCodes.Clean;
            case ["run", .. var rest]:
                RefuseProduction("ENVIRONMENT", variable("ENVIRONMENT"));
                return await new RunCommand(output, variable, makeRuntime, RefuseProduction).RunFileAsync(rest).ConfigureAwait(false);
            case ["start" or "stop" or "status" or "wait", .. var rest]:
                return await new ControlCommands(output).RunAsync(arguments[0], rest).ConfigureAwait(false);
            case [var first, ..] when first.StartsWith('-'):
                RefuseProduction("ENVIRONMENT", variable("ENVIRONMENT"));
                return await new RunCommand(output, variable, makeRuntime, RefuseProduction).SingleAppAsync(arguments).ConfigureAwait(false);
            default:
                throw new UsageException($"unknown command '{arguments[0]}'");
        }
    }

    private static void RefuseProduction(string where, string? environment)
    {
        if (string.Equals(environment?.Trim(), "production", StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"{where} is production: this runtime is for one development machine; in production the sidecars are daprd 1.18.3 or newer");
        }
    }
}

/// <summary>What the command line knows of the runtime it wants.</summary>
/// <param name="AuthorityFolder">Where the development authority lives; null: no calls between processes.</param>
internal sealed record RuntimeRequest(LogLevel LogLevel, bool LogAsJson, bool MutualAuthentication, string? AuthorityFolder);
