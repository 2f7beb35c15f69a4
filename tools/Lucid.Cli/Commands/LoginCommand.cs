using System.CommandLine;
using Lucid.Cli.Output;
using Lucid.Cli.Api;
using Lucid.Cli.Profiles;

namespace Lucid.Cli.Commands;

internal static class LoginCommand
{
    public static Command Create()
    {
        var server = CommonOptions.Server();
        var wallet = new Option<string?>("--wallet-key") { Description = "File with the private key of a TRON wallet, 64 hex digits (default: a key of this profile, made on first use)" };
        return CommonOptions.Build("login", "Log in with a wallet signature; registers an encryption key and pins the genesis", [server, wallet], async (parsed, terminal, cancellationToken) =>
        {
            var store = ProfileStore.Default;
            await using var gateway = await GatewayClient.OpenAsync(store, parsed.GetValue(server), cancellationToken);
            var (key, made) = await store.WalletAsync(parsed.GetValue(wallet), cancellationToken);
            using (key)
            {
                if (made)
                {
                    terminal.Note($"A new wallet key was made: {store.WalletPath}. Keep a copy; it is your identity.");
                }

                var profile = await LoginFlow.RunAsync(gateway, store, key, cancellationToken);
                terminal.Result(
                    new { profile.Server, profile.Address, profile.UserId, profile.EncryptionKid, profile.GenesisHash },
                    () => $"Logged in as {profile.Address} at {profile.Server}\nencryption key  {profile.EncryptionKid}\ngenesis pinned  {profile.GenesisHash}");
                return ExitCodes.Ok;
            }
        });
    }
}
