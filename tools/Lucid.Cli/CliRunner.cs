using System.CommandLine;
using Lucid.Evidence;

namespace Lucid.Cli;

/// <summary>Runs a command line; an expected failure is one sentence on standard error and an exit code.</summary>
public static class CliRunner
{
    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        try
        {
            return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (CliException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return refused.ExitCode;
        }
        catch (EvidenceException damaged)
        {
            await Console.Error.WriteLineAsync(damaged.Message);
            return ExitCodes.Invalid;
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(unusable.Message);
            return ExitCodes.Unreadable;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return ExitCodes.Cancelled;
        }
    }
}

/// <summary>Exit codes; those of <c>verify</c> are fixed by the design.</summary>
public static class ExitCodes
{
    public const int Ok = 0;
    public const int Invalid = 1;
    public const int Unreadable = 2;
    public const int TrustNotEstablished = 3;

    /// <summary>The server refused or could not be reached.</summary>
    public const int Refused = 4;
    public const int Cancelled = 130;
}

/// <summary>A failure to be told in one sentence: what is wrong and what to do.</summary>
public sealed class CliException(string message, int exitCode = ExitCodes.Refused) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    /// <summary><c>LUCID_ERR_nnnn</c> where a server refused.</summary>
    public string? Code { get; init; }
}
