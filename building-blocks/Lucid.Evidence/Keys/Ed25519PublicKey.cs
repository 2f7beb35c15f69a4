using NSec.Cryptography;

namespace Lucid.Evidence;

/// <summary>
/// An Ed25519 public key (32 bytes, canonical base64 in JSON). Verification is strict: S below the group order, no
/// point of small order as key or R, no non-canonical key (libsodium's rules; RFC 8032 §5.1.7 without the cofactor).
/// </summary>
public readonly record struct Ed25519PublicKey
{
    private readonly Digest bytes;

    /// <param name="value">Exactly 32 bytes.</param>
    public Ed25519PublicKey(ReadOnlySpan<byte> value)
    {
        if (value.Length != 32)
        {
            throw new EvidenceException(EvidenceFault.KeyInvalid, $"An Ed25519 public key has 32 bytes, not {value.Length}.");
        }

        bytes = new Digest(value);
    }

    /// <summary>validator_id, producer: SHA-256 of the 32 bytes.</summary>
    public Digest Id => Digest.Of(bytes.Span);

    /// <exception cref="EvidenceException">Not the canonical base64 of 32 bytes.</exception>
    public static Ed25519PublicKey Parse(string base64) => new(StrictBase64.Decode(base64));

    public byte[] ToArray() => bytes.ToArray();

    public bool Verify(ReadOnlySpan<byte> message, Signature64 signature) =>
        PublicKey.TryImport(SignatureAlgorithm.Ed25519, bytes.Span, KeyBlobFormat.RawPublicKey, out var key)
        && SignatureAlgorithm.Ed25519.Verify(key!, message, signature.Span);

    public override string ToString() => Convert.ToBase64String(bytes.Span);
}
