using System.CommandLine;

namespace Lucid.Cli.Commands;

internal static class HelpCommand
{
    /// <summary><c>lucid help [command]</c>, the same as <c>--help</c>.</summary>
    public static Command Create(RootCommand root)
    {
        var topic = new Argument<string[]>("command") { Description = "A command", Arity = ArgumentArity.ZeroOrMore };
        var help = new Command("help", "Show help for a command") { topic };
        help.SetAction((parsed, cancellationToken) => root.Parse([.. parsed.GetValue(topic) ?? [], "--help"]).InvokeAsync(cancellationToken: cancellationToken));
        return help;
    }
}
