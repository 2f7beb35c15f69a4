using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;

namespace Lucid.Wallets;

/// <summary>
/// A secp256k1 key that proves its address by signing messages, for the command line and for tests. It signs TIP-191 message
/// digests and nothing else, so nothing it signs is ever a transaction.
/// </summary>
public sealed class WalletKey : IDisposable
{
    public const int PrivateKeySize = 32;

    private readonly byte[] _privateKey;
    private readonly byte[] _publicKey;

    private WalletKey(byte[] privateKey)
    {
        _privateKey = privateKey;
        _publicKey = Secp256k1.PublicKeyOf(new BigInteger(1, privateKey));
        Address = TronAddress.FromPublicKey(_publicKey);
    }

    public TronAddress Address { get; }

    /// <summary>X ‖ Y, 64 bytes.</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    public static WalletKey Generate()
    {
        byte[] bytes = new byte[PrivateKeySize];
        do
        {
            RandomNumberGenerator.Fill(bytes);
        }
        while (!Secp256k1.IsScalar(new BigInteger(1, bytes)));
        return new WalletKey(bytes);
    }

    /// <param name="privateKey">32 bytes, big-endian, 1 to the order of the curve − 1.</param>
    /// <exception cref="ArgumentException">Out of range.</exception>
    public static WalletKey FromPrivateKey(ReadOnlySpan<byte> privateKey) =>
        privateKey.Length == PrivateKeySize && Secp256k1.IsScalar(new BigInteger(1, privateKey))
            ? new WalletKey(privateKey.ToArray())
            : throw new ArgumentException("A private key has 32 bytes and is between 1 and the order of secp256k1 less 1.", nameof(privateKey));

    /// <summary>The 32 bytes, for a key file that the caller protects.</summary>
    public byte[] ExportPrivateKey() => [.. _privateKey];

    /// <summary>TIP-191 signature with the nonce of RFC 6979 and a low s: r ‖ s ‖ v (27 or 28) as 130 lower-case hexadecimal digits.</summary>
    public string SignMessage(ReadOnlySpan<byte> message)
    {
        byte[] digest = Tip191.Digest(message);
        var signer = new ECDsaSigner(new HMacDsaKCalculator(new Sha256Digest()));
        signer.Init(true, new ECPrivateKeyParameters(new BigInteger(1, _privateKey), Secp256k1.Domain));
        BigInteger[] scalars = signer.GenerateSignature(digest);
        BigInteger r = scalars[0];
        BigInteger s = Secp256k1.IsHigh(scalars[1]) ? Secp256k1.Order.Subtract(scalars[1]) : scalars[1];
        bool yIsOdd = Secp256k1.Recover(digest, r, s, yIsOdd: true) is { } candidate && candidate.AsSpan().SequenceEqual(_publicKey);
        return Convert.ToHexStringLower([.. Scalar(r), .. Scalar(s), (byte)(yIsOdd ? 28 : 27)]);
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_privateKey);

    private static byte[] Scalar(BigInteger value)
    {
        byte[] bytes = value.ToByteArrayUnsigned();
        return [.. new byte[Secp256k1.ScalarSize - bytes.Length], .. bytes];
    }
}
