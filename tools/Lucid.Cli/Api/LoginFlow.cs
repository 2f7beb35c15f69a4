using System.Text;
using System.Text.Json;
using Lucid.Cli.Profiles;
using Lucid.Contracts.Errors;
using Lucid.Evidence;
using Lucid.Wallets;

namespace Lucid.Cli.Api;

/// <summary>Wallet log-in: challenge, signature, tokens; then the own encryption key is registered and the genesis pinned.</summary>
public static class LoginFlow
{
    public static async Task<Profile> RunAsync(GatewayClient gateway, ProfileStore store, WalletKey wallet, CancellationToken cancellationToken)
    {
        var address = wallet.Address.ToString();
        var (challenge, signature) = await ProveAsync(gateway, wallet, "login", cancellationToken);
        var answer = await gateway.PostAsync<JsonElement>(
            "/api/v1/auth/login", new { tron_address = address, challenge_id = challenge, signature }, cancellationToken, anonymous: true);
        await gateway.RememberAsync(gateway.Profile.WithTokens(answer, TimeProvider.System.GetUtcNow()) with { Address = address }, cancellationToken);
        await RegisterKeyAsync(gateway, store, wallet, cancellationToken);
        await PinGenesisAsync(gateway, cancellationToken);
        return gateway.Profile;
    }

    private static async Task RegisterKeyAsync(GatewayClient gateway, ProfileStore store, WalletKey wallet, CancellationToken cancellationToken)
    {
        using var key = await store.EncryptionKeyAsync(cancellationToken);
        var registered = await gateway.GetAsync("/api/v1/users/me/encryption-keys", cancellationToken);
        if (!registered.GetProperty("keys").EnumerateArray().Any(item => item.GetProperty("kid").GetString() == key.PublicKey.Kid))
        {
            using var jwk = JsonDocument.Parse(key.PublicKey.Jwk);
            var body = new { label = Environment.MachineName, jwk = jwk.RootElement };
            try
            {
                await gateway.PostAsync<JsonElement>("/api/v1/users/me/encryption-keys", body, cancellationToken);
            }
            catch (CliException refused) when (refused.Code == LucidErrors.StepUpRequired.Code)
            {
                // A further key, from another machine or profile: the wallet proves itself once more.
                await StepUpAsync(gateway, wallet, cancellationToken);
                await gateway.PostAsync<JsonElement>("/api/v1/users/me/encryption-keys", body, cancellationToken);
            }
        }

        await gateway.RememberAsync(gateway.Profile with { EncryptionKid = key.PublicKey.Kid }, cancellationToken);
    }

    private static async Task StepUpAsync(GatewayClient gateway, WalletKey wallet, CancellationToken cancellationToken)
    {
        var (challenge, signature) = await ProveAsync(gateway, wallet, "step_up", cancellationToken);
        var answer = await gateway.PostAsync<JsonElement>("/api/v1/auth/step-up", new { challenge_id = challenge, signature }, cancellationToken);
        await gateway.RememberAsync(gateway.Profile with { AccessToken = answer.GetProperty("access_token").GetString() }, cancellationToken);
    }

    private static async Task<(string Challenge, string Signature)> ProveAsync(
        GatewayClient gateway, WalletKey wallet, string purpose, CancellationToken cancellationToken)
    {
        var challenge = await gateway.PostAsync<JsonElement>(
            "/api/v1/auth/challenge", new { tron_address = wallet.Address.ToString(), purpose }, cancellationToken, anonymous: true);
        return (challenge.GetProperty("challenge_id").GetString()!, wallet.SignMessage(Encoding.UTF8.GetBytes(challenge.GetProperty("message").GetString()!)));
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
