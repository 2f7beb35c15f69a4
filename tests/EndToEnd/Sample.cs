namespace Lucid.EndToEnd;

/// <summary>The recording kept in the repository, as a source that delivers at its own pace.</summary>
internal static class Sample
{
    public static byte[] Bytes { get; } = File.ReadAllBytes(Path.Combine(Stack.Repository, "tests", "data", "sample.mp4"));

    /// <summary>A longer recording: the media fragments <paramref name="times"/> over, after one initialisation segment.</summary>
    public static byte[] Repeated(int times)
    {
        var media = Bytes.AsSpan().IndexOf("moof"u8) - 4;
        var end = Bytes.AsSpan().IndexOf("mfra"u8) is var mfra && mfra > 0 ? mfra - 4 : Bytes.Length;
        using var output = new MemoryStream();
        output.Write(Bytes, 0, media);
        for (var time = 0; time < times; time++)
        {
            output.Write(Bytes, media, end - media);
        }

        return output.ToArray();
    }

    /// <summary>A stream that gives a little at a time, so that a recording lasts about <paramref name="seconds"/>.</summary>
    public static Stream Slowly(double seconds) => new SlowStream(Bytes, seconds);

    private sealed class SlowStream(byte[] bytes, double seconds) : Stream
    {
        private const int Steps = 40;
        private int position;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => bytes.Length;
        public override long Position { get => position; set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (position == bytes.Length)
            {
                return 0;
            }

            await Task.Delay(TimeSpan.FromSeconds(seconds / Steps), cancellationToken);
            var count = Math.Min(Math.Min(buffer.Length, (bytes.Length / Steps) + 1), bytes.Length - position);
            bytes.AsMemory(position, count).CopyTo(buffer);
            position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
