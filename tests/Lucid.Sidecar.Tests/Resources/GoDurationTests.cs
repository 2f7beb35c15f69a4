using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.Tests.Resources;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("300ms", 300)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("+2m", 120_000)]
    [InlineData("-1.5s", -1_500)]
    [InlineData(".5s", 500)]
    [InlineData("1000us", 1)]
    [InlineData("1000\u00b5s", 1)]
    [InlineData("2000000ns", 2)]
    public void Gos_spellings_are_read(string text, double milliseconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("5 s")]
    [InlineData("5sec")]
    [InlineData("1d")]
    [InlineData("1..5s")]
    [InlineData("5s3")]
    [InlineData("--5s")]
    [InlineData("1e3s")]
    [InlineData("999999999999999999h")]
    [InlineData("9999999999999999999999s")]
    public void Anything_else_is_refused(string text) => Assert.False(GoDuration.TryParse(text, out _));

    [Theory]
    [InlineData("65536", 65536)]
    [InlineData("4Ki", 4096)]
    [InlineData("16Mi", 16 << 20)]
    [InlineData("1.5Ki", 1536)]
    [InlineData("4M", 4_000_000)]
    public void Sizes_are_read(string text, long bytes)
    {
        Assert.True(ByteQuantity.TryParse(text, out var read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("Mi")]
    [InlineData("4MB")]
    [InlineData("0.3")]
    [InlineData("99999Ti")]
    [InlineData("99999999999999999999999999999Ti")]
    public void Sizes_that_are_none_are_refused(string text) => Assert.False(ByteQuantity.TryParse(text, out _));
}
