using System.Security.Cryptography;
using System.Text;
using Lucid.AuthService.Domain;
using Lucid.Contracts.Auth;
using Lucid.ServiceDefaults;
using Lucid.Wallets;

namespace Lucid.AuthService.Storage;

/// <summary>Challenges that were issued and not used yet. Each is taken out before its signature is looked at, so it allows one attempt.</summary>
internal sealed class Challenges(SingleUse once, OpenChallenges open, AuthOptions options, TimeProvider clock)
{
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(300);

    private const string Kind = "challenge";

    /// <summary>The answer does not depend on whether the address is known.</summary>
    public async Task<Challenge> IssueAsync(TronAddress address, string purpose, ClientAddress client, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)); // the text has whole seconds
        var id = Guid.CreateVersion7(now).ToString("D");
        var nonce = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var message = ChallengeText.Write(options, address.ToString(), purpose, id, nonce, now, now + Life);
        foreach (var dropped in await open.AddAsync(client.Key, id, now + Life, cancellationToken))
        {
            await once.ConsumeAsync<PendingChallenge>(Kind, dropped, cancellationToken);
        }

        await once.PutAsync(Kind, id, new PendingChallenge(address.ToString(), purpose, message, client.Key), Life, cancellationToken);
        return new(id, "tip191", message, Convert.ToHexStringLower(Tip191.Digest(Encoding.ASCII.GetBytes(message))), nonce, now, now + Life);
    }

    /// <summary>Uses up the challenge and judges the signature.</summary>
    /// <param name="signature">130 hex digits; checked by the caller, because a malformed one costs no attempt.</param>
    /// <param name="message">The text as the client signed it, or null.</param>
    public async Task<ProofOutcome> ProveAsync(
        string challengeId, TronAddress address, string purpose, string signature, string? message, CancellationToken cancellationToken)
    {
        if (await once.ConsumeAsync<PendingChallenge>(Kind, challengeId, cancellationToken) is not { } pending)
        {
            return ProofOutcome.UnknownChallenge;
        }

        await open.RemoveAsync(pending.Client, challengeId, cancellationToken);
        var issued = Encoding.ASCII.GetBytes(pending.Message);
        return pending.Purpose == purpose
            && TronAddress.TryParse(pending.Address, out var challenged) && challenged.Equals(address)
            && (message is null || CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(message), issued))
            && WalletSignature.CheckMessage(issued, signature, address) == SignatureCheck.Valid
                ? ProofOutcome.Proven
                : ProofOutcome.WrongSignature;
    }
}

/// <param name="Client">Key of the client address that asked for it.</param>
internal sealed record PendingChallenge(string Address, string Purpose, string Message, string Client);

/// <summary>Outcome of a wallet proof; the default refuses.</summary>
internal enum ProofOutcome
{
    UnknownChallenge,
    WrongSignature,
    Proven,
}
