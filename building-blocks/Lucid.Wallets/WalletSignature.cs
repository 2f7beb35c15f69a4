using System.Buffers;
using Org.BouncyCastle.Math;

namespace Lucid.Wallets;

/// <summary>Checks recoverable secp256k1 signatures, r ‖ s ‖ v as 130 hexadecimal digits with or without 0x; a high s is normalised.</summary>
public static class WalletSignature
{
    private const int Size = 65;
    private const string Prefix = "0x";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Whether the holder of <paramref name="address"/> signed the message by TIP-191 (<see cref="Tip191"/>).</summary>
    public static SignatureCheck CheckMessage(ReadOnlySpan<byte> message, string? signature, TronAddress address) =>
        CheckDigest(Tip191.Digest(message), signature, address);

    /// <summary>Whether the holder of <paramref name="address"/> signed these 32 bytes, a digest that the caller computed itself.</summary>
    public static SignatureCheck CheckDigest(ReadOnlySpan<byte> digest, string? signature, TronAddress address)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(digest.Length, Keccak256.Size);
        if (!TryReadHex(signature, out byte[] bytes))
        {
            return SignatureCheck.Malformed;
        }

        if (bytes[Size - 1] is not (0 or 1 or 27 or 28))
        {
            return SignatureCheck.RecoveryByteOutOfRange;
        }

        bool yIsOdd = bytes[Size - 1] is 1 or 28;
        var r = new BigInteger(1, bytes.AsSpan(0, Secp256k1.ScalarSize));
        var s = new BigInteger(1, bytes.AsSpan(Secp256k1.ScalarSize, Secp256k1.ScalarSize));
        if (!Secp256k1.IsScalar(r) || !Secp256k1.IsScalar(s))
        {
            return SignatureCheck.ScalarOutOfRange;
        }

        if (Secp256k1.IsHigh(s))
        {
            s = Secp256k1.Order.Subtract(s);
            yIsOdd = !yIsOdd;
        }

        return Secp256k1.Recover(digest, r, s, yIsOdd) is not { } publicKey
            ? SignatureCheck.NotRecoverable
            : TronAddress.FromPublicKey(publicKey).Equals(address) ? SignatureCheck.Valid : SignatureCheck.OtherSigner;
    }

    private static bool TryReadHex(string? text, out byte[] bytes)
    {
        bytes = [];
        ReadOnlySpan<char> digits = text.AsSpan();
        if (digits.StartsWith(Prefix, StringComparison.Ordinal))
        {
            digits = digits[Prefix.Length..];
        }

        if (digits.Length != 2 * Size || digits.ContainsAnyExcept(HexDigits))
        {
            return false;
        }

        bytes = Convert.FromHexString(digits);
        return true;
    }
}
