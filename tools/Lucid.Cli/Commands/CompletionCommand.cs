using System.CommandLine;

namespace Lucid.Cli.Commands;

internal static class CompletionCommand
{
    private const string Bash = """
        _lucid() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2> /dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _lucid lucid ./lucid
        """;

    private const string Zsh = """
        _lucid() {
            local -a completions
            completions=("${(@f)$("${words[1]}" "[suggest:${CURSOR}]" "${BUFFER}" 2> /dev/null)}")
            compadd -a completions
        }
        compdef _lucid lucid
        """;

    private const string Fish = """
        complete -c lucid -f -a '(lucid "[suggest:"(commandline -C)"]" (commandline) 2> /dev/null)'
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        return CommonOptions.Build("completion", "Print the completion script of a shell: source <(./lucid completion bash)", [shell], (parsed, _, _) =>
        {
            Console.Out.WriteLine(parsed.GetValue(shell) switch { "zsh" => Zsh, "fish" => Fish, _ => Bash });
            return Task.FromResult(ExitCodes.Ok);
        });
    }
}
