using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Lucid.Evidence.Tests;

public sealed class ChunkTests
{
    private static readonly Guid Session = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057");
    private static readonly Guid KeyId = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8058");
    private static readonly byte[] DataKey = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(400_000)]
    public void What_was_sealed_is_read_back(int length)
    {
        var plain = new SeededGenerator((ulong)length).Bytes(length);
        var (file, chunk) = Seal(plain);
        Assert.Equal(ChunkHeader.FileLengthFor(length), chunk.CipherLength);
        Assert.Equal(SHA256.HashData(file), chunk.FileSha256.ToArray());
        Assert.Equal(chunk.ChunkHash, ChunkReader.Inspect(file, out _).ChunkHash);
        Assert.Equal(plain, ChunkReader.ReadPlain(file, DataKey, length));
    }

    [Fact]
    public void A_full_chunk_is_exactly_ten_mebibytes_and_one_byte_more_is_refused()
    {
        var plain = new byte[ChunkHeader.MaxPayloadLength];
        Assert.Equal(10_483_104, plain.Length);
        Assert.Equal(10_485_760, Seal(plain).Chunk.CipherLength);
        var exception = Assert.Throws<EvidenceException>(() => Seal(new byte[plain.Length + 1]));
        Assert.Equal(EvidenceFault.ChunkTooLarge, exception.Fault);
    }

    [Fact]
    public void The_format_can_be_decrypted_from_its_description_alone()
    {
        var plain = new SeededGenerator(3).Bytes(65_536 + 10);
        var (file, chunk) = Seal(plain, index: 7);
        var header = file[..96];
        byte[] info = [.. Encoding.ASCII.GetBytes("lucid/chunk-key/v1"), 0, .. Session.ToByteArray(bigEndian: true), 0, 0, 0, 0, 0, 0, 0, 7];
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, DataKey, 32, header[48..80], info);
        using var aes = new AesGcm(key, 16);
        var first = new byte[65_536];
        var second = new byte[10];
        aes.Decrypt(new byte[12], file.AsSpan(96, 65_536), file.AsSpan(96 + 65_536, 16), first, header);
        aes.Decrypt([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1], file.AsSpan(96 + 65_552, 10), file.AsSpan(96 + 65_562, 16), second, header);
        Assert.Equal(plain, first.Concat(second));

        var length = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(length, file.Length);
        byte[] input = [.. Encoding.ASCII.GetBytes("lucid/chunk/v1"), 0, .. Session.ToByteArray(bigEndian: true), 0, 0, 0, 0, 0, 0, 0, 7, .. length, .. SHA256.HashData(file)];
        Assert.Equal(SHA256.HashData(input), chunk.ChunkHash.ToArray());
    }

    [Fact]
    public async Task Any_range_is_read_from_its_own_segments_only()
    {
        var plain = new SeededGenerator(4).Bytes(300_000);
        var (file, _) = Seal(plain);
        using var reader = new ChunkReader(ChunkHeader.Parse(file), DataKey);
        var random = new SeededGenerator(5);
        for (var i = 0; i < 200; i++)
        {
            var offset = random.Below(plain.Length);
            var range = new byte[random.Below(plain.Length - offset + 1)];
            await reader.ReadRangeAsync(new MemoryStream(file), offset, range);
            Assert.True(plain.AsSpan(offset, range.Length).SequenceEqual(range));
        }

        // A damaged segment is noticed when it is needed, and only then.
        file[96 + 65_552 + 5] ^= 1;
        var byteOfThird = new byte[1];
        await reader.ReadRangeAsync(new MemoryStream(file), 140_000, byteOfThird);
        Assert.Equal(plain[140_000], byteOfThird[0]);
        await Assert.ThrowsAsync<EvidenceException>(async () => await reader.ReadRangeAsync(new MemoryStream(file), 70_000, new byte[1]));
        await Assert.ThrowsAsync<EvidenceException>(async () => await reader.ReadRangeAsync(new MemoryStream(file), 299_999, new byte[2]));
    }

    [Fact]
    public void Compression_is_kept_only_when_it_is_worth_it()
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"t_ms\":1,\"type\":\"focus\"}\n", 200)));
        var (file, chunk) = Seal(text, tryZstd: true);
        Assert.Equal(ChunkCompression.Zstd, chunk.Compression);
        Assert.True(chunk.PayloadLength < chunk.PlainLength);
        Assert.Equal(text, ChunkReader.ReadPlain(file, DataKey, text.Length));
        Assert.Equal(ChunkCompression.None, Seal(new SeededGenerator(6).Bytes(5000), tryZstd: true).Chunk.Compression);
        Assert.Equal(ChunkCompression.None, Seal(text[..1023], tryZstd: true).Chunk.Compression);
    }

    [Fact]
    public void A_decompression_bomb_stops_at_the_recorded_length()
    {
        var (file, chunk) = Seal(new byte[8_000_000], tryZstd: true);
        Assert.True(chunk.CipherLength < 10_000);
        Assert.Equal(EvidenceFault.ChunkPlainLength, Assert.Throws<EvidenceException>(() => ChunkReader.ReadPlain(file, DataKey, 1000)).Fault);
        Assert.Equal(EvidenceFault.ChunkPlainLength, Assert.Throws<EvidenceException>(() => ChunkReader.ReadPlain(file, DataKey, 8_000_001)).Fault);
        Assert.Equal(EvidenceFault.ChunkPlainLength, Assert.Throws<EvidenceException>(() => ChunkReader.ReadPlain(file, DataKey, long.MaxValue)).Fault);
    }

    [Fact]
    public void Truncation_at_a_segment_border_extra_bytes_and_swapped_segments_are_refused()
    {
        var plain = new SeededGenerator(7).Bytes(3 * 65_536);
        var (file, _) = Seal(plain);
        Assert.Throws<EvidenceException>(() => ChunkReader.ReadPlain(file.AsSpan(0, 96 + (2 * 65_552)), DataKey, plain.Length));
        Assert.Throws<EvidenceException>(() => ChunkReader.ReadPlain([.. file, 0], DataKey, plain.Length));

        // The shorter length in the header does not help: the header is authenticated and the last flag is missing.
        var cut = file[..(96 + (2 * 65_552))];
        BinaryPrimitives.WriteInt64BigEndian(cut.AsSpan(84), 2 * 65_536);
        Assert.Equal(EvidenceFault.ChunkTag, Assert.Throws<EvidenceException>(() => ChunkReader.ReadPlain(cut, DataKey, 2 * 65_536)).Fault);

        var swapped = (byte[])file.Clone();
        file.AsSpan(96, 65_552).CopyTo(swapped.AsSpan(96 + 65_552));
        file.AsSpan(96 + 65_552, 65_552).CopyTo(swapped.AsSpan(96));
        Assert.Equal(EvidenceFault.ChunkTag, Assert.Throws<EvidenceException>(() => ChunkReader.ReadPlain(swapped, DataKey, plain.Length)).Fault);
    }

    [Fact]
    public void No_flipped_bit_of_a_chunk_decrypts()
    {
        var plain = new SeededGenerator(8).Bytes(40);
        var (file, chunk) = Seal(plain);
        for (var bit = 0; bit < file.Length * 8; bit++)
        {
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<EvidenceException>(() => ChunkReader.ReadPlain(file, DataKey, plain.Length));
            Assert.NotEqual(chunk.FileSha256, Digest.Of(file));
            file[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Sealing_twice_never_uses_the_same_key()
    {
        Assert.NotEqual(Seal([1, 2, 3]).File, Seal([1, 2, 3]).File);
        Assert.Throws<EvidenceException>(() => ChunkSealer.Seal(Fields(), [1], new byte[31], new byte[1000]));
        Assert.Throws<EvidenceException>(() => ChunkSealer.Seal(Fields() with { Index = -1 }, [1], DataKey, new byte[1000]));
        Assert.Throws<EvidenceException>(() => ChunkSealer.Seal(Fields(), [1], DataKey, new byte[100]));
    }

    private static ChunkFields Fields(long index = 0, bool tryZstd = false) => new(Session, index, ChunkStream.Av, KeyId, TryZstd: tryZstd);

    private static (byte[] File, SealedChunk Chunk) Seal(byte[] plain, long index = 0, bool tryZstd = false)
    {
        var file = new byte[ChunkSealer.MaxFileLength(plain.Length)];
        var chunk = ChunkSealer.Seal(Fields(index, tryZstd), plain, DataKey, file);
        return (file[..(int)chunk.CipherLength], chunk);
    }
}
