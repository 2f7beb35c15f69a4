using System.CommandLine;
using Lucid.Cli.Output;

namespace Lucid.Cli.Commands;

/// <summary>Options that every command has.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "One JSON object on standard output, everything else on standard error" };

    public static Option<string?> Server() => new("--server") { Description = "Address of the gateway (default: the one of the last log-in, http://localhost:8080)" };

    /// <summary>A command with <c>--json</c> whose action gets the terminal.</summary>
    public static Command Build(string name, string description, IReadOnlyList<Symbol> symbols, Func<ParseResult, Terminal, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description);
        var json = Json();
        command.Add(json);
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Option option:
                    command.Add(option);
                    break;
                case Argument argument:
                    command.Add(argument);
                    break;
                case Command child:
                    command.Add(child);
                    break;
            }
        }

        command.SetAction((parsed, cancellationToken) => run(parsed, new Terminal(parsed.GetValue(json)), cancellationToken));
        return command;
    }
}
