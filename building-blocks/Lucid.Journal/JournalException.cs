namespace Lucid.Journal;

/// <summary>The one exception of this building block. <see cref="File"/> and <see cref="Offset"/> (bytes) name the place when there is one.</summary>
public sealed class JournalException(
    JournalFailure failure, string message, string? file = null, long? offset = null, Exception? innerException = null)
    : Exception(message, innerException)
{
    public JournalFailure Failure { get; } = failure;

    public string? File { get; } = file;

    public long? Offset { get; } = offset;

    internal static JournalException Corrupt(string file, long offset, string what) =>
        new(JournalFailure.Corrupt, $"'{file}' is damaged at offset {offset}: {what}.", file, offset);
}
