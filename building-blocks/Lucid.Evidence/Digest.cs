using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Lucid.Evidence;

/// <summary>A SHA-256 value: 32 bytes, written as 64 lower-case hex digits. Default is 32 zero bytes.</summary>
[JsonConverter(typeof(DigestJsonConverter))]
public readonly struct Digest : IEquatable<Digest>
{
    public const int Size = 32;

    private readonly Bytes32 bytes;

    /// <param name="value">Exactly 32 bytes.</param>
    public Digest(ReadOnlySpan<byte> value)
    {
        if (value.Length != Size)
        {
            throw new EvidenceException(EvidenceFault.BinaryMalformed, $"A digest has 32 bytes, not {value.Length}.");
        }

        value.CopyTo(bytes);
    }

    public static Digest Zero => default;

    [UnscopedRef]
    public ReadOnlySpan<byte> Span => bytes;

    public static bool operator ==(Digest left, Digest right) => left.Equals(right);

    public static bool operator !=(Digest left, Digest right) => !left.Equals(right);

    /// <summary>SHA-256 of <paramref name="data"/>, without a tag.</summary>
    public static Digest Of(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(data, hash);
        return new Digest(hash);
    }

    /// <exception cref="EvidenceException">Not exactly 64 lower-case hex digits.</exception>
    public static Digest Parse(string hex) => TryParse(hex, out var digest)
        ? digest
        : throw new EvidenceException(EvidenceFault.BinaryMalformed, "A digest is written as 64 lower-case hex digits.");

    public static bool TryParse([NotNullWhen(true)] string? hex, out Digest digest)
    {
        Span<byte> value = stackalloc byte[Size];
        if (hex is not null && StrictHex.TryDecode(hex, value))
        {
            digest = new Digest(value);
            return true;
        }

        digest = default;
        return false;
    }

    public byte[] ToArray() => Span.ToArray();

    public override string ToString() => Convert.ToHexStringLower(Span);

    public bool Equals(Digest other) => Span.SequenceEqual(other.Span);

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Digest other && Equals(other);

    public override int GetHashCode() => BitConverter.ToInt32(Span);

    [InlineArray(Size)]
    private struct Bytes32
    {
        private byte element;
    }
}
