using Lucid.Contracts.Sessions;

namespace Lucid.SessionPipeline.Domain;

/// <summary>256 consecutive chunks of a session's ledger.</summary>
public sealed record LedgerPage(IReadOnlyList<ChunkLedgerEntry> Chunks)
{
    public const int Size = 256;

    public static LedgerPage Empty { get; } = new([]);

    public static int PageOf(int index) => index / Size;

    public static string Key(string session, int page) => $"{session}:{page:D4}";
}

/// <summary>What registering a chunk came to.</summary>
public enum LedgerOutcome
{
    Changed,
    Unchanged,

    /// <summary>The index holds other content.</summary>
    Conflict,
    Unknown,
}

/// <summary>The chunk ledger's rules: an index is given once, a commit is final.</summary>
public static class Ledger
{
    public static (LedgerOutcome Outcome, LedgerPage Page) Seal(LedgerPage page, int index, ChunkSealed chunk)
    {
        if (page.Chunks.FirstOrDefault(entry => entry.Index == index) is { } present)
        {
            var same = present.PlainLength == chunk.PlainLength && present.Stream == chunk.Stream && present.Run == chunk.Run
                && (present.PlainSha256 is null || present.PlainSha256 == chunk.PlainSha256);
            return (same ? LedgerOutcome.Unchanged : LedgerOutcome.Conflict, page);
        }

        var entry = new ChunkLedgerEntry(
            index, chunk.Epoch, chunk.Stream, chunk.Run, "sealed", chunk.PlainLength, chunk.PlainSha256, chunk.StartMs, chunk.EndMs, chunk.Frames,
            chunk.Final, chunk.Truncated, null, null, null, null, chunk.Video);
        return (LedgerOutcome.Changed, new([.. page.Chunks.Append(entry).OrderBy(item => item.Index)]));
    }

    /// <summary>Binds the index to one stored file. The hash of the plain bytes is dropped: it would reveal equal content.</summary>
    public static (LedgerOutcome Outcome, LedgerPage Page) Commit(LedgerPage page, int index, ChunkCommit commit)
    {
        if (page.Chunks.FirstOrDefault(entry => entry.Index == index) is not { } present)
        {
            return (LedgerOutcome.Unknown, page);
        }

        if (present.Status == "stored")
        {
            return (present.ChunkHash == commit.ChunkHash ? LedgerOutcome.Unchanged : LedgerOutcome.Conflict, page);
        }

        var stored = present with
        {
            Status = "stored", PlainSha256 = null, ChunkHash = commit.ChunkHash, FileSha256 = commit.FileSha256,
            CipherLength = commit.CipherLength, Compression = commit.Compression,
        };
        return (LedgerOutcome.Changed, Replace(page, stored));
    }

    public static (LedgerOutcome Outcome, LedgerPage Page) Fail(LedgerPage page, int index)
    {
        var present = page.Chunks.FirstOrDefault(entry => entry.Index == index);
        return present switch
        {
            null => (LedgerOutcome.Unknown, page),
            { Status: "sealed" } => (LedgerOutcome.Changed, Replace(page, present with { Status = "failed" })),
            _ => (LedgerOutcome.Unchanged, page),
        };
    }

    /// <summary>What failed is to be stored once more.</summary>
    public static (LedgerOutcome Outcome, LedgerPage Page) Retry(LedgerPage page, int index) =>
        page.Chunks.FirstOrDefault(entry => entry.Index == index) switch
        {
            null => (LedgerOutcome.Unknown, page),
            { Status: "failed" } failed => (LedgerOutcome.Changed, Replace(page, failed with { Status = "sealed" })),
            _ => (LedgerOutcome.Unchanged, page),
        };

    private static LedgerPage Replace(LedgerPage page, ChunkLedgerEntry entry) =>
        new([.. page.Chunks.Select(item => item.Index == entry.Index ? entry : item)]);
}
