namespace Lucid.Contracts.Auth;

/// <summary>POST /auth/challenge.</summary>
/// <param name="TronAddress">Base58Check, 34 characters.</param>
/// <param name="Purpose">One of <see cref="ChallengePurposes"/>; default login.</param>
/// <param name="Method"><c>tip191</c>.</param>
/// <param name="WalletType"><c>ledger</c>, <c>trezor</c> or <c>keepkey</c>; null: software.</param>
public sealed record ChallengeRequest(string TronAddress, string? Purpose = null, string? Method = null, string? WalletType = null);

/// <summary>What the wallet has to sign. Works once, for 300 s.</summary>
/// <param name="Message">ASCII, at most 512 bytes, lines end with LF (CAIP-122).</param>
/// <param name="Digest">64 hex: the TIP-191 digest, for devices that show the hash.</param>
/// <param name="Nonce">32 hex.</param>
public sealed record Challenge(
    string ChallengeId, string Method, string Message, string Digest, string Nonce, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);

public static class ChallengePurposes
{
    public const string Login = "login";
    public const string Register = "register";
    public const string Link = "link";
    public const string StepUp = "step_up";
    public const string AccountDelete = "account_delete";
    public const string SessionOwnership = "session_ownership";
}
