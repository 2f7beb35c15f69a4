using System.Security.Cryptography;
using System.Text.Json;

namespace Lucid.Evidence;

/// <summary>The private half of a recipient key; disposing clears it.</summary>
public sealed class RecipientPrivateKey : IDisposable
{
    private readonly byte[] secret;

    private RecipientPrivateKey(HpkeKem kem, byte[] secret)
    {
        this.secret = secret;
        PublicKey = new RecipientPublicKey(kem, HpkeDh.PublicKey(kem, secret));
    }

    public RecipientPublicKey PublicKey { get; }

    public static RecipientPrivateKey GenerateP256() => new(HpkeKem.P256, HpkeDh.Generate(HpkeKem.P256));

    public static RecipientPrivateKey GenerateX25519() => new(HpkeKem.X25519, HpkeDh.Generate(HpkeKem.X25519));

    /// <summary>A private JWK (RFC 7518 §6.2.2, RFC 8037 §2); its public members must belong to <c>d</c>.</summary>
    public static RecipientPrivateKey Parse(ReadOnlyMemory<byte> jwk)
    {
        using var document = JsonDocument.Parse(CanonicalJson.Canonicalize(jwk));
        var fields = new JsonFields(document.RootElement, "jwk");
        var expected = RecipientPublicKey.From(Jwk.Read(fields));
        var key = new RecipientPrivateKey(expected.Kem, Jwk.Coordinate(fields, "d"));
        if (key.PublicKey.Equals(expected))
        {
            return key;
        }

        key.Dispose();
        throw new EvidenceException(EvidenceFault.KeyInvalid, "The public members of the JWK do not belong to its private part.");
    }

    /// <summary>The private JWK; the caller keeps it secret and clears it.</summary>
    public byte[] ToJwk()
    {
        using var document = JsonDocument.Parse(PublicKey.Jwk);
        var members = document.RootElement;
        return CanonicalJsonWriter.ToBytes(w =>
        {
            w.StartObject();
            w.Member("crv", members.GetProperty("crv").GetString()!);
            w.Member("d", StrictBase64.EncodeUrl(secret));
            w.Member("kty", members.GetProperty("kty").GetString()!);
            w.Member("x", members.GetProperty("x").GetString()!);
            if (members.TryGetProperty("y", out var y))
            {
                w.Member("y", y.GetString()!);
            }

            w.EndObject();
        });
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(secret);

    internal byte[] Open(ReadOnlySpan<byte> enc, ReadOnlySpan<byte> info, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> cipherText) =>
        Hpke.Open(PublicKey.Kem, secret, PublicKey.Raw, enc, info, aad, cipherText);
}
