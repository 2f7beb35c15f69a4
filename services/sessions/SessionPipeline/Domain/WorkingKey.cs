using System.Security.Cryptography;

namespace Lucid.SessionPipeline.Domain;

/// <summary>
/// The platform's working copy of a session's data key, wrapped (AES-256-GCM; session and key id as associated data) under a key that is
/// derived from the platform key and the session's key version.
/// </summary>
/// <param name="Wrapped">nonce (12) ‖ tag (16) ‖ 32 bytes.</param>
public sealed record WorkingKey(byte[] Wrapped)
{
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int KeyLength = 32;

    /// <summary>HKDF-SHA256 (RFC 5869) of the platform key, salted with the key version: who lacks either of them knows nothing of the result.</summary>
    /// <param name="version">32 random bytes.</param>
    public static byte[] DeriveWrappingKey(ReadOnlySpan<byte> platformKey, ReadOnlySpan<byte> version)
    {
        var key = new byte[KeyLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, platformKey, key, version, "lucid/working-key/v1"u8);
        return key;
    }

    public static WorkingKey Wrap(ReadOnlySpan<byte> dataKey, ReadOnlySpan<byte> wrappingKey, Guid session, Guid keyId)
    {
        var wrapped = new byte[NonceLength + TagLength + KeyLength];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceLength));
        using var cipher = new AesGcm(wrappingKey, TagLength);
        cipher.Encrypt(
            wrapped.AsSpan(0, NonceLength), dataKey, wrapped.AsSpan(NonceLength + TagLength), wrapped.AsSpan(NonceLength, TagLength), Context(session, keyId));
        return new(wrapped);
    }

    /// <summary>The data key; the caller clears it.</summary>
    /// <exception cref="CryptographicException">Changed, or of another session or wrapping key.</exception>
    public byte[] Unwrap(ReadOnlySpan<byte> wrappingKey, Guid session, Guid keyId)
    {
        if (Wrapped.Length != NonceLength + TagLength + KeyLength)
        {
            throw new CryptographicException($"A wrapped working key has {NonceLength + TagLength + KeyLength} bytes, not {Wrapped.Length}.");
        }

        var key = new byte[KeyLength];
        using var cipher = new AesGcm(wrappingKey, TagLength);
        cipher.Decrypt(
            Wrapped.AsSpan(0, NonceLength), Wrapped.AsSpan(NonceLength + TagLength), Wrapped.AsSpan(NonceLength, TagLength), key, Context(session, keyId));
        return key;
    }

    private static byte[] Context(Guid session, Guid keyId) => [.. session.ToByteArray(bigEndian: true), .. keyId.ToByteArray(bigEndian: true)];
}
