using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Lucid.Wallets;

/// <summary>Base58Check of Bitcoin: base58(payload ‖ first 4 bytes of SHA-256(SHA-256(payload))). Texts of at most 128 characters.</summary>
public static class Base58Check
{
    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private const int ChecksumSize = 4;
    private const int LongestText = 128;

    public static string Encode(ReadOnlySpan<byte> payload)
    {
        byte[] data = [.. payload, .. Checksum(payload)];
        int zeros = data.AsSpan().IndexOfAnyExcept((byte)0) is var first and >= 0 ? first : data.Length;
        var digits = new List<int>(data.Length * 2); // base 58, least significant first
        foreach (byte value in data)
        {
            int carry = value;
            for (int i = 0; i < digits.Count; i++)
            {
                carry += digits[i] << 8;
                digits[i] = carry % 58;
                carry /= 58;
            }

            for (; carry > 0; carry /= 58)
            {
                digits.Add(carry % 58);
            }
        }

        digits.Reverse();
        return new string('1', zeros) + string.Concat(digits.Select(digit => Alphabet[digit]));
    }

    /// <summary>False for anything but a text that <see cref="Encode"/> makes: other characters, surrounding space, a wrong checksum.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? payload)
    {
        payload = null;
        if (text.Length is 0 or > LongestText)
        {
            return false;
        }

        var bytes = new List<byte>(text.Length); // least significant first
        foreach (char character in text)
        {
            int carry = Alphabet.IndexOf(character, StringComparison.Ordinal);
            if (carry < 0)
            {
                return false;
            }

            for (int i = 0; i < bytes.Count; i++)
            {
                carry += bytes[i] * 58;
                bytes[i] = (byte)carry;
                carry >>= 8;
            }

            for (; carry > 0; carry >>= 8)
            {
                bytes.Add((byte)carry);
            }
        }

        int zeros = text.IndexOfAnyExcept('1') is var first and >= 0 ? first : text.Length;
        bytes.AddRange(new byte[zeros]);
        bytes.Reverse();
        byte[] data = [.. bytes];
        if (data.Length < ChecksumSize || !data.AsSpan(data.Length - ChecksumSize).SequenceEqual(Checksum(data.AsSpan(0, data.Length - ChecksumSize))))
        {
            return false;
        }

        payload = data[..^ChecksumSize];
        return true;
    }

    private static byte[] Checksum(ReadOnlySpan<byte> payload) => SHA256.HashData(SHA256.HashData(payload))[..ChecksumSize];
}
