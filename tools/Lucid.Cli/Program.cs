using Lucid.Cli;
using Lucid.Cli.Commands;
using System.CommandLine;

var root = new RootCommand("Lucid: record remote desktops so that nobody can alter a recording later without being caught.")
{
    LoginCommand.Create(),
    RecordCommand.Create(),
    SessionsCommand.Create(),
    ExportCommand.Create(),
    DecryptCommand.Create(),
    VerifyCommand.Create(),
    ChainCommand.Create(),
    DoctorCommand.Create(),
    SetupCommand.Create(),
    DemoCommand.Create(),
    DaprRunCommand.Create(),
    CompletionCommand.Create(),
};
root.Add(HelpCommand.Create(root));
return await CliRunner.RunAsync(root, args);
