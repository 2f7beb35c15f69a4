using System.Globalization;

namespace Lucid.AuthService.Domain;

/// <summary>The text a wallet signs, in the layout of CAIP-122 (EIP-4361): bound to domain, address, chain, purpose and time.</summary>
internal static class ChallengeText
{
    /// <summary>Longest text in bytes; ASCII, so also characters.</summary>
    public const int MaxLength = 512;

    public static string Write(AuthOptions options, string address, string purpose, string challengeId, string nonce, DateTimeOffset issuedAt, DateTimeOffset expiresAt) =>
        string.Join(
            '\n',
            $"{options.AuthDomain} wants you to sign in with your TRON account:",
            address,
            "",
            options.TronSignatureMessage,
            "",
            $"URI: https://{options.AuthDomain}",
            "Version: 1",
            $"Chain ID: tron:{ChainId(options.TronNetwork)}",
            $"Nonce: {nonce}",
            $"Issued At: {Time(issuedAt)}",
            $"Expiration Time: {Time(expiresAt)}",
            $"Request ID: {challengeId}",
            "Resources:",
            $"- urn:lucid:purpose:{purpose}");

    public static long ChainId(TronNetwork network) => network switch
    {
        TronNetwork.Mainnet => 728126428,
        TronNetwork.Nile => 3448148188,
        _ => 2494104990,
    };

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
