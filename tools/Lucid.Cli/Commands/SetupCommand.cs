using System.CommandLine;
using Lucid.Cli.Setup;

namespace Lucid.Cli.Commands;

internal static class SetupCommand
{
    public static Command Create()
    {
        var slot = new Option<int?>("--slot-seconds") { Description = $"Slot length of a new chain (default: BLOCK_TIME_SECONDS, else {DevelopmentSetup.DefaultSlotSeconds})" };
        var folder = new Option<string?>("--lucid-dir") { Description = "Folder to make (default: .lucid of the checkout)" };
        return CommonOptions.Build("setup", "Make secrets, genesis and development keys under .lucid", [slot, folder], async (parsed, terminal, cancellationToken) =>
        {
            var seconds = parsed.GetValue(slot) ?? (int.TryParse(Environment.GetEnvironmentVariable("BLOCK_TIME_SECONDS"), out var configured) ? configured : null);
            var setup = new DevelopmentSetup(parsed.GetValue(folder) ?? LucidFolder.Default, TimeProvider.System);
            var made = await setup.RunAsync(seconds, cancellationToken);
            var genesis = await setup.GenesisAsync(cancellationToken);
            if (made || terminal.Json)
            {
                terminal.Result(
                    new { made, genesis_hash = genesis.Hash.ToString(), slot_seconds = genesis.SlotSeconds },
                    () => $"Made secrets and a chain of {genesis.SlotSeconds} s slots, genesis {genesis.Hash}");
            }

            return ExitCodes.Ok;
        });
    }
}
