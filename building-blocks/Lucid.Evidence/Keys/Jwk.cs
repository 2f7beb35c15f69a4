using System.Text.Json;

namespace Lucid.Evidence;

/// <summary>The two public JWK shapes in use (RFC 7517, 7518 §6.2, 8037 §2) and their thumbprints (RFC 7638).</summary>
internal static class Jwk
{
    public const string P256 = "P-256";

    public const string X25519 = "X25519";

    /// <summary>The members of the thumbprint only, which is also how documents of Lucid carry a key.</summary>
    public static byte[] Canonical(string curve, ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        var xText = StrictBase64.EncodeUrl(x);
        var yText = StrictBase64.EncodeUrl(y);
        return CanonicalJsonWriter.ToBytes(w =>
        {
            w.StartObject();
            w.Member("crv", curve);
            w.Member("kty", curve == P256 ? "EC" : "OKP");
            w.Member("x", xText);
            if (curve == P256)
            {
                w.Member("y", yText);
            }

            w.EndObject();
        });
    }

    /// <summary>Exactly the members of the thumbprint, as documents of Lucid carry them.</summary>
    public static (string Curve, byte[] X, byte[] Y) ReadStrict(JsonElement element) => JsonFields.ReadObject(element, "jwk", Read);

    /// <summary>A JWK from outside: other members (kid, use, key_ops, ext …) are ignored, a private part is refused.</summary>
    public static (string Curve, byte[] X, byte[] Y) ReadLenient(JsonElement element)
    {
        var fields = new JsonFields(element, "jwk");
        return fields.Has("d") ? throw fields.Refuse("d", "is the private part of a key; only the public part belongs here") : Read(fields);
    }

    public static (string Curve, byte[] X, byte[] Y) Read(JsonFields fields)
    {
        var curve = fields.Text("crv", 1, 16);
        var kty = fields.Text("kty", 1, 8);
        return (curve, kty) switch
        {
            (P256, "EC") => (curve, Coordinate(fields, "x"), Coordinate(fields, "y")),
            (X25519, "OKP") => (curve, Coordinate(fields, "x"), []),
            _ => throw new EvidenceException(EvidenceFault.KeyInvalid, "A key is EC P-256 or OKP X25519."),
        };
    }

    public static byte[] Coordinate(JsonFields fields, string name)
    {
        var value = StrictBase64.DecodeUrl(fields.Text(name, 43, 43));
        return value.Length == 32 ? value : throw fields.Refuse(name, "has not 32 bytes");
    }
}
