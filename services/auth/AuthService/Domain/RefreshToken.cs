using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Lucid.AuthService.Domain;

/// <summary>
/// <c>rt_</c> and base64url of session id (16 bytes) ‖ 32 random bytes ‖ tag (16 bytes). The tag tells tokens that were issued from made-up
/// ones, so that knowing a session id does not allow to end the session by "reusing" an invented token. Only an HMAC of the whole is stored.
/// </summary>
internal static class RefreshToken
{
    public const int MaxLength = 500;

    private const string Prefix = "rt_";
    private const int SessionSize = 16;
    private const int SecretSize = 32;
    private const int TagSize = 16;
    private const int Size = SessionSize + SecretSize + TagSize;
    private const int TextLength = 86;

    /// <param name="key">The derived key <c>lucid/refresh</c>.</param>
    public static (string Token, byte[] Hash) Create(Guid session, byte[] key)
    {
        var bytes = new byte[Size];
        session.TryWriteBytes(bytes, bigEndian: true, out _);
        RandomNumberGenerator.Fill(bytes.AsSpan(SessionSize, SecretSize));
        Tag(bytes, key).CopyTo(bytes, SessionSize + SecretSize);
        return (Prefix + Base64Url.EncodeToString(bytes), HashOf(bytes, key));
    }

    /// <summary>False: never issued with this key.</summary>
    public static bool TryRead(string token, byte[] key, out Guid session, [NotNullWhen(true)] out byte[]? hash)
    {
        (session, hash) = (default, null);
        var bytes = new byte[Size];
        if (token.Length != Prefix.Length + TextLength || !token.StartsWith(Prefix, StringComparison.Ordinal)
            || !Base64Url.TryDecodeFromChars(token.AsSpan(Prefix.Length), bytes, out var length) || length != Size
            || !CryptographicOperations.FixedTimeEquals(Tag(bytes, key), bytes.AsSpan(SessionSize + SecretSize)))
        {
            return false;
        }

        (session, hash) = (new Guid(bytes.AsSpan(0, SessionSize), bigEndian: true), HashOf(bytes, key));
        return true;
    }

    private static byte[] Tag(byte[] token, byte[] key) => HMACSHA256.HashData(key, (byte[])[1, .. token.AsSpan(0, SessionSize + SecretSize)])[..TagSize];

    private static byte[] HashOf(byte[] token, byte[] key) => HMACSHA256.HashData(key, (byte[])[2, .. token]);
}
