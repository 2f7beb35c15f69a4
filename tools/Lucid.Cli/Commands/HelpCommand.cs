using System.CommandLine;

namespace Lucid.Cli.Commands;

internal static class HelpCommand
{
    /// <summary><c>lucid help [command]</c>, the same as <c>--help</c>.</summary>
    public static Command Create(RootCommand root)
    {
        var topic = new Argument<string[]>("command") { Description = "A command", Arity = ArgumentArity.ZeroOrMore };
        var help = new Command("help", "Show help for a command") { topic };
        help.SetAction((parsed, _) =>
        {
            var names = parsed.GetValue(topic) ?? [];
            Command command = root;
            foreach (var name in names)
            {
                command = command.Subcommands.FirstOrDefault(child => child.Name == name)
                    ?? throw new CliException($"There is no command '{name}'. See ./lucid help", ExitCodes.Unreadable);
            }

            return CliRunner.RunAsync(root, [.. names, "--help"]);
        });
        return help;
    }
}
