using System.Security.Cryptography;
using System.Text.Json;

namespace Lucid.Evidence;

/// <summary>A public key to which data keys are wrapped: P-256 or X25519. Equal keys have equal <see cref="Kid"/>.</summary>
public sealed record RecipientPublicKey
{
    internal RecipientPublicKey(HpkeKem kem, ReadOnlySpan<byte> raw)
    {
        Kem = kem;
        Raw = raw.ToArray();
        Jwk = kem == HpkeKem.P256
            ? Lucid.Evidence.Jwk.Canonical(Lucid.Evidence.Jwk.P256, raw[1..33], raw[33..])
            : Lucid.Evidence.Jwk.Canonical(Lucid.Evidence.Jwk.X25519, raw, []);
        Kid = StrictBase64.EncodeUrl(SHA256.HashData(Jwk.Span));
        Validate();
    }

    /// <summary>RFC 7638 thumbprint, base64url, 43 characters.</summary>
    public string Kid { get; }

    /// <summary>Canonical JSON {crv,kty,x[,y]}.</summary>
    public ReadOnlyMemory<byte> Jwk { get; }

    /// <summary><see cref="KeyEnvelope.AlgP256"/> or <see cref="KeyEnvelope.AlgX25519"/>.</summary>
    public string Alg => Kem == HpkeKem.P256 ? KeyEnvelope.AlgP256 : KeyEnvelope.AlgX25519;

    internal HpkeKem Kem { get; }

    internal byte[] Raw { get; }

    /// <summary>A JWK from outside; additional members are ignored, a private part is refused.</summary>
    public static RecipientPublicKey Parse(ReadOnlyMemory<byte> jwk)
    {
        using var document = JsonDocument.Parse(CanonicalJson.Canonicalize(jwk));
        return From(Lucid.Evidence.Jwk.ReadLenient(document.RootElement));
    }

    public bool Equals(RecipientPublicKey? other) => other is not null && other.Kid == Kid;

    public override int GetHashCode() => Kid.GetHashCode(StringComparison.Ordinal);

    internal static RecipientPublicKey From((string Curve, byte[] X, byte[] Y) key) => key.Curve == Lucid.Evidence.Jwk.P256
        ? new RecipientPublicKey(HpkeKem.P256, [4, .. key.X, .. key.Y])
        : new RecipientPublicKey(HpkeKem.X25519, key.X);

    // A throw-away agreement finds points off the curve and of small order before anything is wrapped to them.
    private void Validate()
    {
        var probe = new byte[32];
        probe[31] = 1;
        CryptographicOperations.ZeroMemory(HpkeDh.Agree(Kem, probe, Raw));
    }
}
