using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;

namespace Lucid.Wallets;

/// <summary>The curve of SEC 2 §2.4.1 and public key recovery of SEC 1 §4.1.6.</summary>
internal static class Secp256k1
{
    public const int ScalarSize = 32;

    private static readonly X9ECParameters Parameters = CustomNamedCurves.GetByName("secp256k1");
    private static readonly BigInteger HalfOrder = Order.ShiftRight(1);

    public static ECDomainParameters Domain { get; } = new(Parameters);

    public static BigInteger Order => Parameters.N;

    public static bool IsScalar(BigInteger value) => value.SignValue > 0 && value.CompareTo(Order) < 0;

    public static bool IsHigh(BigInteger s) => s.CompareTo(HalfOrder) > 0;

    /// <summary>The key whose signature of <paramref name="digest"/> this is, X ‖ Y, or null when there is none.</summary>
    public static byte[]? Recover(ReadOnlySpan<byte> digest, BigInteger r, BigInteger s, bool yIsOdd)
    {
        if (!TryDecompress(r, yIsOdd, out ECPoint? point))
        {
            return null;
        }

        BigInteger inverse = r.ModInverse(Order);
        BigInteger hash = new(1, digest);
        ECPoint key = ECAlgorithms.SumOfTwoMultiplies(
            point, s.Multiply(inverse).Mod(Order), Parameters.G, hash.Negate().Multiply(inverse).Mod(Order)).Normalize();
        return key.IsInfinity ? null : Coordinates(key);
    }

    public static byte[] PublicKeyOf(BigInteger privateKey) => Coordinates(Parameters.G.Multiply(privateKey).Normalize());

    private static byte[] Coordinates(ECPoint point) => point.GetEncoded(compressed: false)[1..];

    private static bool TryDecompress(BigInteger x, bool yIsOdd, out ECPoint point)
    {
        Span<byte> encoded = stackalloc byte[1 + ScalarSize];
        encoded[0] = (byte)(yIsOdd ? 3 : 2);
        byte[] bytes = x.ToByteArrayUnsigned();
        encoded[1..].Clear();
        bytes.CopyTo(encoded[(1 + ScalarSize - bytes.Length)..]);
        try
        {
            point = Parameters.Curve.DecodePoint(encoded);
            return true;
        }
        catch (ArgumentException)
        {
            point = Parameters.Curve.Infinity; // no point of the curve has this x
            return false;
        }
    }
}
