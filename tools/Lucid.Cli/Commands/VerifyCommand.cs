using System.CommandLine;
using Lucid.Cli.Output;
using Lucid.Cli.Profiles;
using Lucid.Cli.Setup;
using Lucid.Evidence;

namespace Lucid.Cli.Commands;

internal static class VerifyCommand
{
    public static Command Create()
    {
        var bundle = new Argument<string>("bundle") { Description = "Evidence bundle" };
        var genesis = new Option<string?>("--genesis") { Description = "Genesis hash to trust, 64 hex (default: the one pinned by ./lucid login, else that of the chain ./run made here)" };
        var heads = new Option<string[]>("--known-head") { Description = "An earlier receipt or tree head (JSON file); may be repeated", AllowMultipleArgumentsPerToken = false };
        var untrusted = new Option<bool>("--no-pin") { Description = "Ignore the pinned genesis" };
        return CommonOptions.Build(
            "verify", "Verify an evidence bundle offline. Exit: 0 valid, 1 invalid, 2 unreadable, 3 consistent but no genesis pinned", [bundle, genesis, heads, untrusted],
            async (parsed, terminal, cancellationToken) =>
            {
                var path = parsed.GetValue(bundle)!;
                if (!File.Exists(path))
                {
                    throw new CliException($"{path} does not exist.", ExitCodes.Unreadable);
                }

                var options = new VerificationOptions
                {
                    PinnedGenesisHash = await PinnedAsync(parsed.GetValue(genesis), parsed.GetValue(untrusted), cancellationToken),
                    KnownHeads = [.. await Task.WhenAll((parsed.GetValue(heads) ?? []).Select(head => HeadAsync(head, cancellationToken)))],
                };
                await using var file = File.OpenRead(path);
                var report = await terminal.ProgressAsync("Verifying", progress =>
                    BundleVerifier.VerifyAsync(file, options, new Relay(progress), cancellationToken));
                terminal.Result(VerificationView.Of(report), () => VerificationView.Text(report));
                return report.ExitCode;
            });
    }

    // First found: --genesis, what ./lucid login pinned, the chain that ./run made in the checkout this program was started from.
    private static async Task<Digest?> PinnedAsync(string? given, bool ignorePin, CancellationToken cancellationToken)
    {
        if (given is null && ignorePin)
        {
            return null;
        }

        if ((given ?? (await ProfileStore.Default.LoadAsync(cancellationToken)).GenesisHash) is { } hash)
        {
            return Digest.TryParse(hash, out var digest) ? digest : throw new CliException("A genesis hash is 64 lower-case hex digits.", ExitCodes.Unreadable);
        }

        // Never that of the working directory: a folder that comes with the bundle must not vouch for it.
        var setup = new DevelopmentSetup(LucidFolder.Default, TimeProvider.System);
        return LucidFolder.IsCheckout && File.Exists(setup.GenesisPath) ? (await setup.GenesisAsync(cancellationToken)).Hash : null;
    }

    private static async Task<KnownHead> HeadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return KnownHead.Parse(await File.ReadAllBytesAsync(path, cancellationToken));
        }
        catch (EvidenceException malformed)
        {
            throw new CliException($"{path} is no receipt and no tree head: {malformed.Message}", ExitCodes.Unreadable);
        }
    }

    private sealed class Relay(IProgress<(long Done, long Total)> progress) : IProgress<VerificationProgress>
    {
        public void Report(VerificationProgress value) => progress.Report((value.BytesDone, value.BytesTotal));
    }
}
