using System.Security.Cryptography;
using System.Text.Json;

namespace Lucid.Evidence;

/// <summary>An ES256 (P-256) public key that signs manifests. Equal keys have equal <see cref="Kid"/>.</summary>
public sealed record ManifestKey
{
    private readonly byte[] x;
    private readonly byte[] y;

    private ManifestKey(byte[] x, byte[] y)
    {
        this.x = x;
        this.y = y;
        Jwk = Lucid.Evidence.Jwk.Canonical(Lucid.Evidence.Jwk.P256, x, y);
        Kid = StrictBase64.EncodeUrl(SHA256.HashData(Jwk.Span));

        // Importing checks that the point is on the curve.
        Import().Dispose();
    }

    /// <summary>RFC 7638 thumbprint, base64url, 43 characters.</summary>
    public string Kid { get; }

    /// <summary>Canonical JSON {crv,kty,x,y}.</summary>
    public ReadOnlyMemory<byte> Jwk { get; }

    /// <param name="key">A P-256 key; only the public part is taken.</param>
    public static ManifestKey From(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return parameters.Q is { X: { Length: 32 } x, Y: { Length: 32 } y } && parameters.Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value
            ? new ManifestKey(x, y)
            : throw new EvidenceException(EvidenceFault.KeyInvalid, "A manifest key is on P-256.");
    }

    /// <summary>A JWK from outside, for instance of a JWKS; additional members are ignored.</summary>
    public static ManifestKey Parse(ReadOnlyMemory<byte> jwk)
    {
        using var document = JsonDocument.Parse(CanonicalJson.Canonicalize(jwk));
        return From(Lucid.Evidence.Jwk.ReadLenient(document.RootElement));
    }

    public bool Verify(ReadOnlySpan<byte> message, Signature64 signature)
    {
        using var key = Import();
        return key.VerifyData(message, signature.Span, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    public bool Equals(ManifestKey? other) => other is not null && other.Kid == Kid;

    public override int GetHashCode() => Kid.GetHashCode(StringComparison.Ordinal);

    internal static ManifestKey Read(JsonElement element) => From(Lucid.Evidence.Jwk.ReadStrict(element));

    private static ManifestKey From((string Curve, byte[] X, byte[] Y) key) => key.Curve == Lucid.Evidence.Jwk.P256
        ? new ManifestKey(key.X, key.Y)
        : throw new EvidenceException(EvidenceFault.KeyInvalid, "A manifest key is on P-256.");

    private ECDsa Import()
    {
        try
        {
            return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } });
        }
        catch (CryptographicException exception)
        {
            throw new EvidenceException(EvidenceFault.KeyInvalid, "The point is not on P-256.", exception);
        }
    }
}
