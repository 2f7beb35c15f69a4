using System.Globalization;
using System.Text;

namespace Lucid.Wallets;

/// <summary>Message digest of TIP-191 as wallets compute it (TronWeb signMessageV2).</summary>
public static class Tip191
{
    private const string Prefix = "\u0019TRON Signed Message:\n";

    /// <summary>keccak-256(0x19 ‖ "TRON Signed Message:\n" ‖ length of the message in bytes, decimal ‖ message); 32 bytes.</summary>
    public static byte[] Digest(ReadOnlySpan<byte> message)
    {
        string head = Prefix + message.Length.ToString(CultureInfo.InvariantCulture);
        return Keccak256.Hash([.. Encoding.ASCII.GetBytes(head), .. message]);
    }
}
