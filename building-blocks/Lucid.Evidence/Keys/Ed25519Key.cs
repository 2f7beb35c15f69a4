using NSec.Cryptography;

namespace Lucid.Evidence;

/// <summary>An Ed25519 private key. Its memory is guarded and cleared by libsodium when it is disposed.</summary>
public sealed class Ed25519Key : IDisposable
{
    public const int SeedSize = 32;

    private readonly Key key;

    private Ed25519Key(Key key)
    {
        this.key = key;
        PublicKey = new Ed25519PublicKey(key.PublicKey.Export(KeyBlobFormat.RawPublicKey));
    }

    public Ed25519PublicKey PublicKey { get; }

    public static Ed25519Key Generate() => new(Key.Create(SignatureAlgorithm.Ed25519, Exportable));

    /// <param name="seed">The 32-byte seed of RFC 8032 §5.1.5.</param>
    public static Ed25519Key FromSeed(ReadOnlySpan<byte> seed) => seed.Length == SeedSize
        ? new Ed25519Key(Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey, Exportable))
        : throw new EvidenceException(EvidenceFault.KeyInvalid, $"An Ed25519 seed has 32 bytes, not {seed.Length}.");

    private static KeyCreationParameters Exportable => new() { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };

    /// <summary>The seed, for a key file; the caller clears it.</summary>
    public byte[] ExportSeed() => key.Export(KeyBlobFormat.RawPrivateKey);

    public Signature64 Sign(ReadOnlySpan<byte> message)
    {
        Span<byte> signature = stackalloc byte[Signature64.Size];
        SignatureAlgorithm.Ed25519.Sign(key, message, signature);
        return new Signature64(signature);
    }

    public void Dispose() => key.Dispose();
}
