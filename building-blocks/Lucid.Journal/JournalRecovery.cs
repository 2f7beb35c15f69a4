namespace Lucid.Journal;

/// <summary>What opening found: <paramref name="CutBytes"/> bytes of unfinished writes were removed at the end of <paramref name="CutFile"/> (0 and null after an orderly end).</summary>
public sealed record JournalRecovery(long CutBytes, string? CutFile)
{
    public static JournalRecovery Clean { get; } = new(0, null);
}
