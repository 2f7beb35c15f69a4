namespace Lucid.Journal;

/// <summary>An open file of an <see cref="IJournalFileSystem"/>; offsets and lengths in bytes.</summary>
public interface IJournalFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads up to the size of <paramref name="destination"/>; zero only at the end of the file.</summary>
    int Read(Span<byte> destination, long offset);

    /// <summary>Writes everything or throws, after which any part may have been written.</summary>
    void Write(ReadOnlySpan<byte> source, long offset);

    void SetLength(long length);

    /// <summary>Completes when content and length are on the device (fsync).</summary>
    ValueTask FlushAsync();
}
