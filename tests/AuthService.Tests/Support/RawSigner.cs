using System.Globalization;
using System.Text;
using Lucid.Wallets;
using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;

namespace Lucid.AuthService.Tests.Support;

/// <summary>Signs any digest, as a wallet of another chain would; the recovery byte is the caller's choice.</summary>
internal static class RawSigner
{
    public static byte[] EthereumDigest(string message) =>
        Keccak256.Hash(Encoding.ASCII.GetBytes($"\u0019Ethereum Signed Message:\n{message.Length.ToString(CultureInfo.InvariantCulture)}{message}"));

    public static string Sign(WalletKey wallet, byte[] digest, byte recovery)
    {
        var curve = SecNamedCurves.GetByName("secp256k1");
        var signer = new ECDsaSigner();
        signer.Init(true, new ECPrivateKeyParameters(new BigInteger(1, wallet.ExportPrivateKey()), new ECDomainParameters(curve.Curve, curve.G, curve.N, curve.H)));
        var scalars = signer.GenerateSignature(digest);
        return Convert.ToHexStringLower([.. Scalar(scalars[0]), .. Scalar(scalars[1]), recovery]);
    }

    /// <summary>The same signature with n − s and the other parity.</summary>
    public static string WithHighS(string signature)
    {
        var bytes = Convert.FromHexString(signature);
        var s = SecNamedCurves.GetByName("secp256k1").N.Subtract(new BigInteger(1, bytes[32..64]));
        return Convert.ToHexStringLower([.. bytes[..32], .. Scalar(s), (byte)(bytes[64] == 27 ? 28 : 27)]);
    }

    private static byte[] Scalar(BigInteger value)
    {
        var bytes = value.ToByteArrayUnsigned();
        return [.. new byte[32 - bytes.Length], .. bytes];
    }
}
