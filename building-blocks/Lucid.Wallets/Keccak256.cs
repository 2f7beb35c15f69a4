using Org.BouncyCastle.Crypto.Digests;

namespace Lucid.Wallets;

/// <summary>Keccak-256 with the original padding (0x01), as Ethereum and TRON use it; not SHA3-256 of FIPS 202.</summary>
public static class Keccak256
{
    public const int Size = 32;

    public static byte[] Hash(ReadOnlySpan<byte> data)
    {
        var digest = new KeccakDigest(Size * 8);
        digest.BlockUpdate(data);
        byte[] hash = new byte[Size];
        digest.DoFinal(hash);
        return hash;
    }
}
