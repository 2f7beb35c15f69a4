using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Lucid.Evidence;

/// <summary>
/// HPKE (RFC 9180), base mode, single-shot: DHKEM(P-256 or X25519, HKDF-SHA256), HKDF-SHA256 and AES-GCM. The key size
/// of the AEAD is 32 bytes (AES-256-GCM, id 2); 16 (AES-128-GCM, id 1) exists because the vectors of the RFC use it.
/// </summary>
internal static class Hpke
{
    private const int Nh = 32;
    private const int Nn = 12;
    private const int Tag = 16;

    public static (byte[] Enc, byte[] CipherText) Seal(HpkeKem kem, ReadOnlySpan<byte> recipientPublic, ReadOnlySpan<byte> info, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> ephemeralPrivate = default, int keySize = 32)
    {
        var ephemeral = ephemeralPrivate.IsEmpty ? HpkeDh.Generate(kem) : ephemeralPrivate.ToArray();
        try
        {
            var enc = HpkeDh.PublicKey(kem, ephemeral);
            var secret = SharedSecret(kem, HpkeDh.Agree(kem, ephemeral, recipientPublic), enc, recipientPublic);
            var (key, nonce) = KeySchedule(kem, secret, info, keySize);
            var cipher = new byte[plain.Length + Tag];
            using (var aead = new AesGcm(key, Tag))
            {
                aead.Encrypt(nonce, plain, cipher.AsSpan(0, plain.Length), cipher.AsSpan(plain.Length), aad);
            }

            CryptographicOperations.ZeroMemory(key);
            return (enc, cipher);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(ephemeral);
        }
    }

    /// <exception cref="EvidenceException">The envelope is not for this key, or it was changed.</exception>
    public static byte[] Open(HpkeKem kem, ReadOnlySpan<byte> recipientPrivate, ReadOnlySpan<byte> recipientPublic, ReadOnlySpan<byte> enc, ReadOnlySpan<byte> info, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> cipherText, int keySize = 32)
    {
        if (cipherText.Length < Tag)
        {
            throw new EvidenceException(EvidenceFault.EnvelopeInvalid, "A sealed key is at least 16 bytes long.");
        }

        var secret = SharedSecret(kem, HpkeDh.Agree(kem, recipientPrivate, enc), enc, recipientPublic);
        var (key, nonce) = KeySchedule(kem, secret, info, keySize);
        var plain = new byte[cipherText.Length - Tag];
        try
        {
            using var aead = new AesGcm(key, Tag);
            aead.Decrypt(nonce, cipherText[..plain.Length], cipherText[plain.Length..], plain, aad);
            return plain;
        }
        catch (CryptographicException exception)
        {
            throw new EvidenceException(EvidenceFault.EnvelopeInvalid, "The key envelope does not open: it is for another key or session, or was changed.", exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>ExtractAndExpand of RFC 9180 §4.1 over the Diffie-Hellman result, which is cleared.</summary>
    internal static byte[] SharedSecret(HpkeKem kem, byte[] dh, ReadOnlySpan<byte> enc, ReadOnlySpan<byte> recipientPublic)
    {
        byte[] suite = [.. "KEM"u8, .. Two((ushort)kem)];
        var prk = LabeledExtract(suite, [], "eae_prk"u8, dh);
        CryptographicOperations.ZeroMemory(dh);
        byte[] context = [.. enc, .. recipientPublic];
        return LabeledExpand(suite, prk, "shared_secret"u8, context, Nh);
    }

    /// <summary>Key schedule of RFC 9180 §5.1 in base mode (no psk); returns key and base nonce, the shared secret is cleared.</summary>
    internal static (byte[] Key, byte[] BaseNonce) KeySchedule(HpkeKem kem, byte[] sharedSecret, ReadOnlySpan<byte> info, int keySize)
    {
        byte[] suite = [.. "HPKE"u8, .. Two((ushort)kem), .. Two(1), .. Two((ushort)(keySize == 32 ? 2 : 1))];
        var pskIdHash = LabeledExtract(suite, [], "psk_id_hash"u8, []);
        var infoHash = LabeledExtract(suite, [], "info_hash"u8, info);
        byte[] context = [0, .. pskIdHash, .. infoHash];
        var secret = LabeledExtract(suite, sharedSecret, "secret"u8, []);
        CryptographicOperations.ZeroMemory(sharedSecret);
        return (LabeledExpand(suite, secret, "key"u8, context, keySize), LabeledExpand(suite, secret, "base_nonce"u8, context, Nn));
    }

    private static byte[] LabeledExtract(ReadOnlySpan<byte> suite, byte[] salt, ReadOnlySpan<byte> label, ReadOnlySpan<byte> ikm)
    {
        byte[] labeled = [.. "HPKE-v1"u8, .. suite, .. label, .. ikm];
        return HKDF.Extract(HashAlgorithmName.SHA256, labeled, salt);
    }

    private static byte[] LabeledExpand(ReadOnlySpan<byte> suite, byte[] prk, ReadOnlySpan<byte> label, ReadOnlySpan<byte> info, int length)
    {
        byte[] labeled = [.. Two((ushort)length), .. "HPKE-v1"u8, .. suite, .. label, .. info];
        return HKDF.Expand(HashAlgorithmName.SHA256, prk, length, labeled);
    }

    private static byte[] Two(ushort value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return bytes;
    }
}
