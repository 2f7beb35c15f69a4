using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Lucid.Wallets;

/// <summary>
/// A TRON account: 0x41 ‖ last 20 bytes of keccak-256(X ‖ Y) of a secp256k1 public key, written in Base58Check as 34
/// characters that begin with T. The same on every TRON network. Whether the account exists, or may be paid, is not its matter.
/// </summary>
public sealed class TronAddress : IEquatable<TronAddress>
{
    /// <summary>Bytes of the binary form.</summary>
    public const int Size = 21;

    /// <summary>Characters of the text form.</summary>
    public const int TextLength = 34;

    private const byte Version = 0x41;

    private readonly byte[] _bytes;

    private TronAddress(byte[] bytes) => _bytes = bytes;

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Reads the text form; the hexadecimal and the 0x form are not accepted, nor is a wrong letter case or checksum.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out TronAddress? address)
    {
        address = text?.Length == TextLength
            && Base58Check.TryDecode(text, out byte[]? bytes)
            && bytes.Length == Size
            && bytes[0] == Version
                ? new TronAddress(bytes)
                : null;
        return address is not null;
    }

    /// <param name="publicKey">X ‖ Y, 64 bytes, or the same behind 0x04.</param>
    /// <exception cref="ArgumentException">Another form.</exception>
    public static TronAddress FromPublicKey(ReadOnlySpan<byte> publicKey)
    {
        ReadOnlySpan<byte> coordinates = publicKey switch
        {
            { Length: 64 } => publicKey,
            [0x04, .. { Length: 64 } rest] => rest,
            _ => throw new ArgumentException("An uncompressed public key has 64 bytes, or 65 that begin with 0x04.", nameof(publicKey)),
        };
        return new TronAddress([Version, .. Keccak256.Hash(coordinates).AsSpan(12)]);
    }

    /// <summary>In constant time.</summary>
    public bool Equals(TronAddress? other) => other is not null && CryptographicOperations.FixedTimeEquals(_bytes, other._bytes);

    public override bool Equals(object? obj) => Equals(obj as TronAddress);

    public override int GetHashCode() => BitConverter.ToInt32(_bytes, 1);

    public override string ToString() => Base58Check.Encode(_bytes);
}
