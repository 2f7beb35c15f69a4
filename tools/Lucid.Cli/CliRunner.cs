using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text.Json;
using Lucid.Contracts;
using Lucid.Evidence;

namespace Lucid.Cli;

/// <summary>
/// Runs a command line. An expected failure is one sentence on standard error and an exit code; with <c>--json</c> also one object
/// <c>{"error":{"message","code"},"exit_code"}</c> on standard output.
/// </summary>
public static class CliRunner
{
    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            var command = parsed.CommandResult.Command;
            var path = command == root ? "" : $" {command.Name}";
            return Fail(args, $"{string.Join(Environment.NewLine, parsed.Errors.Select(error => error.Message))}{Environment.NewLine}See ./lucid help{path}", ExitCodes.Unreadable);
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (CliException refused)
        {
            return Fail(args, refused.Message, refused.ExitCode, refused.Code);
        }
        catch (EvidenceException damaged)
        {
            return Fail(args, damaged.Message, ExitCodes.Invalid);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            return Fail(args, unusable.Message, ExitCodes.Unreadable);
        }
        catch (OperationCanceledException)
        {
            return Fail(args, "Stopped.", ExitCodes.Cancelled);
        }
    }

    private static int Fail(string[] args, string message, int exitCode, string? code = null)
    {
        Console.Error.WriteLine(message);
        if (args.Contains("--json"))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(new { error = new { message, code }, exit_code = exitCode }, JsonDefaults.Tolerant));
        }

        return exitCode;
    }
}

/// <summary>Exit codes; those of <c>verify</c> are fixed by the design.</summary>
public static class ExitCodes
{
    public const int Ok = 0;
    public const int Invalid = 1;

    /// <summary>Something given cannot be used: a file, an option, a command.</summary>
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
