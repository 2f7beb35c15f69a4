using System.Text;

namespace Lucid.Journal.Tests;

public sealed class Crc32CTests
{
    [Theory]
    [InlineData("123456789", 0xE306_9283)]
    [InlineData("", 0u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x2262_0404)]
    public void The_published_vectors_hold(string text, uint expected) =>
        Assert.Equal(expected, Crc32C.Finish(Crc32C.Append(Crc32C.Initial, Encoding.ASCII.GetBytes(text))));

    [Fact]
    public void Thirty_two_zero_bytes_give_the_checksum_of_RFC_3720() =>
        Assert.Equal(0x8A91_36AAu, Crc32C.Finish(Crc32C.Append(Crc32C.Initial, new byte[32])));

    [Fact]
    public void Pieces_give_the_same_checksum_as_the_whole()
    {
        byte[] bytes = [.. Enumerable.Range(0, 100).Select(i => (byte)i)];
        uint whole = Crc32C.Append(Crc32C.Initial, bytes);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(whole, Crc32C.Append(Crc32C.Append(Crc32C.Initial, bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
        }
    }
}
