using System.Security.Cryptography;
using NSec.Cryptography;

namespace Lucid.Evidence;

/// <summary>
/// The Diffie-Hellman groups of the two KEMs on raw bytes. Public keys: 65 bytes (0x04 ‖ x ‖ y) on P-256, 32 bytes on
/// X25519. Private keys: 32 bytes. Points off the curve and all-zero results are refused (RFC 9180 §7.1.4).
/// </summary>
internal static class HpkeDh
{
    private static KeyCreationParameters Exportable => new() { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };

    public static byte[] Generate(HpkeKem kem)
    {
        if (kem == HpkeKem.X25519)
        {
            using var key = Key.Create(KeyAgreementAlgorithm.X25519, Exportable);
            return key.Export(KeyBlobFormat.RawPrivateKey);
        }

        using var ecdh = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return ecdh.ExportParameters(includePrivateParameters: true).D!;
    }

    public static byte[] PublicKey(HpkeKem kem, ReadOnlySpan<byte> privateKey)
    {
        try
        {
            if (kem == HpkeKem.X25519)
            {
                using var key = Key.Import(KeyAgreementAlgorithm.X25519, privateKey, KeyBlobFormat.RawPrivateKey, Exportable);
                return key.PublicKey.Export(KeyBlobFormat.RawPublicKey);
            }

            using var ecdh = ImportP256(privateKey);
            var q = ecdh.ExportParameters(includePrivateParameters: false).Q;
            return [4, .. q.X!, .. q.Y!];
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException)
        {
            throw new EvidenceException(EvidenceFault.KeyInvalid, "Not a private key of this curve.", exception);
        }
    }

    public static byte[] Agree(HpkeKem kem, ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> publicKey)
    {
        try
        {
            if (kem == HpkeKem.X25519)
            {
                using var key = Key.Import(KeyAgreementAlgorithm.X25519, privateKey, KeyBlobFormat.RawPrivateKey, Exportable);
                var peer = NSec.Cryptography.PublicKey.Import(KeyAgreementAlgorithm.X25519, publicKey, KeyBlobFormat.RawPublicKey);
                using var secret = KeyAgreementAlgorithm.X25519.Agree(key, peer, new SharedSecretCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport });
                return secret?.Export(SharedSecretBlobFormat.RawSharedSecret)
                    ?? throw new EvidenceException(EvidenceFault.KeyInvalid, "The key agreement gives zero: a point of small order.");
            }

            using var own = ImportP256(privateKey);
            using var other = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = Point(publicKey) });
            return own.DeriveRawSecretAgreement(other.PublicKey);
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException)
        {
            throw new EvidenceException(EvidenceFault.KeyInvalid, "Not a key of this curve.", exception);
        }
    }

    private static ECDiffieHellman ImportP256(ReadOnlySpan<byte> privateKey) => privateKey.Length == 32
        ? ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = privateKey.ToArray() })
        : throw new EvidenceException(EvidenceFault.KeyInvalid, "A P-256 private key has 32 bytes.");

    private static ECPoint Point(ReadOnlySpan<byte> uncompressed) => uncompressed is [4, ..] && uncompressed.Length == 65
        ? new ECPoint { X = uncompressed[1..33].ToArray(), Y = uncompressed[33..].ToArray() }
        : throw new EvidenceException(EvidenceFault.KeyInvalid, "A P-256 public key is 0x04 and two 32-byte coordinates.");
}
