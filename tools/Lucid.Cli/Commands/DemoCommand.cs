using System.CommandLine;
using Lucid.Cli.Demonstration;

namespace Lucid.Cli.Commands;

internal static class DemoCommand
{
    public static Command Create()
    {
        var seconds = new Option<int>("--seconds") { Description = "Length of the recording", DefaultValueFactory = _ => 20 };
        var server = CommonOptions.Server();
        return CommonOptions.Build(
            "demo", "Record a real screen, anchor it, export, verify offline, decrypt, and show that one changed bit is found", [seconds, server],
            async (parsed, terminal, cancellationToken) =>
            {
                var report = await new DemoRun(terminal, parsed.GetValue(server), parsed.GetValue(seconds)).RunAsync(cancellationToken);
                terminal.Result(report, () => DemoReportText.Of(report));
                return report.Ok ? ExitCodes.Ok : ExitCodes.Invalid;
            });
    }
}
