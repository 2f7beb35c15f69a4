using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Lucid.Evidence;

/// <summary>A 64-byte signature: Ed25519 (RFC 8032) or ES256 as r ‖ s (IEEE P1363). Written as canonical base64.</summary>
public readonly struct Signature64 : IEquatable<Signature64>
{
    public const int Size = 64;

    private readonly Bytes64 bytes;

    /// <param name="value">Exactly 64 bytes.</param>
    public Signature64(ReadOnlySpan<byte> value)
    {
        if (value.Length != Size)
        {
            throw new EvidenceException(EvidenceFault.BinaryMalformed, $"A signature has 64 bytes, not {value.Length}.");
        }

        value.CopyTo(bytes);
    }

    [UnscopedRef]
    public ReadOnlySpan<byte> Span => bytes;

    public static bool operator ==(Signature64 left, Signature64 right) => left.Equals(right);

    public static bool operator !=(Signature64 left, Signature64 right) => !left.Equals(right);

    /// <exception cref="EvidenceException">Not the canonical base64 of 64 bytes.</exception>
    public static Signature64 Parse(string base64) => new(StrictBase64.Decode(base64));

    public override string ToString() => Convert.ToBase64String(Span);

    public bool Equals(Signature64 other) => Span.SequenceEqual(other.Span);

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Signature64 other && Equals(other);

    public override int GetHashCode() => BitConverter.ToInt32(Span);

    [InlineArray(Size)]
    private struct Bytes64
    {
        private byte element;
    }
}
