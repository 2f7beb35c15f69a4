using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Lucid.Contracts;
using Lucid.SessionRecorder.Domain;

namespace Lucid.SessionRecorder.Storage;

/// <summary>
/// Bytes of spool records. Control records: kind (1) ‖ UTF-8 JSON. Units: kind (1) ‖ header length (2, big-endian) ‖ UTF-8 JSON header ‖
/// nonce (12) ‖ tag (16) ‖ ciphertext, AES-256-GCM under the session's spool key with everything before the nonce as associated data.
/// </summary>
internal sealed class SpoolCodec(byte[] key) : IDisposable
{
    private const byte Unit = 1;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private readonly AesGcm cipher = new(key, TagLength);

    private static readonly (byte Kind, Type Type)[] Controls =
    [
        (2, typeof(RecordingOpened)), (3, typeof(ChunkCut)), (4, typeof(ChunkFreed)), (5, typeof(CapturePaused)), (6, typeof(RecordingEnded)), (7, typeof(RunBegan)),
    ];

    public static byte[] Encode(SpoolRecord control)
    {
        var (kind, type) = Array.Find(Controls, entry => entry.Type == control.GetType());
        return [kind, .. JsonSerializer.SerializeToUtf8Bytes(control, type, JsonDefaults.Tolerant)];
    }

    public byte[] Encode(FragmentSpooled unit, ReadOnlySpan<byte> plain)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(unit, JsonDefaults.Tolerant);
        var record = new byte[3 + header.Length + NonceLength + TagLength + plain.Length];
        record[0] = Unit;
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(1), (ushort)header.Length);
        header.CopyTo(record, 3);
        var sealedPart = record.AsSpan(3 + header.Length);
        RandomNumberGenerator.Fill(sealedPart[..NonceLength]);
        cipher.Encrypt(
            sealedPart[..NonceLength], plain, sealedPart[(NonceLength + TagLength)..], sealedPart.Slice(NonceLength, TagLength),
            record.AsSpan(0, 3 + header.Length));
        return record;
    }

    /// <exception cref="InvalidDataException">The log passed its checksum but holds no record of ours.</exception>
    public static SpoolRecord Decode(ReadOnlySpan<byte> record)
    {
        if (record.Length > 3 && record[0] == Unit)
        {
            return JsonSerializer.Deserialize<FragmentSpooled>(record.Slice(3, HeaderLength(record)), JsonDefaults.Tolerant)
                ?? throw new InvalidDataException("A spooled unit has no header.");
        }

        var kind = record.Length > 0 ? record[0] : (byte)0;
        var (_, type) = Array.Find(Controls, entry => entry.Kind == kind);
        return type is null || JsonSerializer.Deserialize(record[1..], type, JsonDefaults.Tolerant) is not SpoolRecord control
            ? throw new InvalidDataException($"A spool record of kind {kind} is unknown.")
            : control;
    }

    /// <summary>Decrypts a unit's bytes into <paramref name="plain"/> and returns their number.</summary>
    /// <exception cref="CryptographicException">The bytes or the header were changed.</exception>
    public int Decrypt(ReadOnlySpan<byte> record, Span<byte> plain)
    {
        var prefix = 3 + HeaderLength(record);
        var sealedPart = record[prefix..];
        var length = sealedPart.Length - NonceLength - TagLength;
        cipher.Decrypt(
            sealedPart[..NonceLength], sealedPart[(NonceLength + TagLength)..], sealedPart.Slice(NonceLength, TagLength), plain[..length], record[..prefix]);
        return length;
    }

    public void Dispose() => cipher.Dispose();

    private static int HeaderLength(ReadOnlySpan<byte> record) =>
        Math.Min(BinaryPrimitives.ReadUInt16BigEndian(record[1..]), record.Length - 3);
}
