using System.Text;
using System.Text.Json;
using Lucid.Cli.Profiles;
using Lucid.Evidence;
using Lucid.Wallets;

namespace Lucid.Cli.Api;

/// <summary>Wallet log-in: challenge, signature, tokens; then the own encryption key is registered and the genesis pinned.</summary>
public static class LoginFlow
{
    public static async Task<Profile> RunAsync(GatewayClient gateway, ProfileStore store, WalletKey wallet, CancellationToken cancellationToken)
    {
        var address = wallet.Address.ToString();
        var challenge = await gateway.PostAsync<JsonElement>(
            "/api/v1/auth/challenge", new { tron_address = address, purpose = "login" }, cancellationToken, anonymous: true);
        var message = challenge.GetProperty("message").GetString()!;
        var answer = await gateway.PostAsync<JsonElement>(
            "/api/v1/auth/login",
            new { tron_address = address, challenge_id = challenge.GetProperty("challenge_id").GetString(), signature = wallet.SignMessage(Encoding.UTF8.GetBytes(message)) },
            cancellationToken,
            anonymous: true);
        await gateway.RememberAsync(gateway.Profile.WithTokens(answer, TimeProvider.System.GetUtcNow()) with { Address = address }, cancellationToken);
        await RegisterKeyAsync(gateway, store, cancellationToken);
        await PinGenesisAsync(gateway, cancellationToken);
        return gateway.Profile;
    }

    private static async Task RegisterKeyAsync(GatewayClient gateway, ProfileStore store, CancellationToken cancellationToken)
    {
        using var key = await store.EncryptionKeyAsync(cancellationToken);
        var registered = await gateway.GetAsync("/api/v1/users/me/encryption-keys", cancellationToken);
        if (!registered.GetProperty("keys").EnumerateArray().Any(item => item.GetProperty("kid").GetString() == key.PublicKey.Kid))
        {
            using var jwk = JsonDocument.Parse(key.PublicKey.Jwk);
            await gateway.PostAsync<JsonElement>(
                "/api/v1/users/me/encryption-keys", new { label = Environment.MachineName, jwk = jwk.RootElement }, cancellationToken);
        }

        await gateway.RememberAsync(gateway.Profile with { EncryptionKid = key.PublicKey.Kid }, cancellationToken);
    }

    /// <summary>Trust on first use: what is pinned once is never replaced silently.</summary>
    private static async Task PinGenesisAsync(GatewayClient gateway, CancellationToken cancellationToken)
    {
        var document = await gateway.GetPublicAsync("/api/v1/chain/genesis", cancellationToken);
        var genesis = document.TryGetProperty("genesis", out var inner) ? inner : document;
        var hash = Genesis.Parse(Encoding.UTF8.GetBytes(genesis.GetRawText())).Hash.ToString();
        if (gateway.Profile.GenesisHash is { } pinned && pinned != hash)
        {
            throw new CliException(
                $"The server shows genesis {hash}, but {pinned} was pinned before: this is another chain. If that is intended, remove genesis_hash from the profile.", ExitCodes.Invalid);
        }

        await gateway.RememberAsync(gateway.Profile with { GenesisHash = hash }, cancellationToken);
    }
}
