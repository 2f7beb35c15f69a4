using System.Collections.Immutable;

namespace Lucid.Evidence;

/// <summary>Times of the recording; durations in milliseconds, pauses and gaps relative to the start.</summary>
public sealed record ManifestSession(DateTimeOffset StartedAt, DateTimeOffset EndedAt, long DurationMs, ImmutableArray<ManifestPause> Paused, ImmutableArray<ManifestGap> Gaps, string EndReason);

public sealed record ManifestPause(long FromMs, long ToMs);

/// <summary>An interval that was not recorded although it should have been.</summary>
public sealed record ManifestGap(long FromMs, long ToMs, string Reason);

/// <summary>Codecs, rate and, for each run, the picture size.</summary>
public sealed record ManifestCapture(string Codec, string? AudioCodec, int Fps, ImmutableArray<ManifestRun> Runs, string RecorderVersion, string CaptureBuild);

/// <summary>A stretch of video with one initialisation segment.</summary>
public sealed record ManifestRun(int Run, int Width, int Height);

public sealed record ManifestPolicy(string PolicyId, Digest PolicyHash);

public sealed record ManifestConsent(Guid ConsentId, Digest ReceiptHash);

/// <summary>Suite 1 of LCK1 in segments of 65,536 bytes; custody is <c>owner</c> or <c>owner+platform</c>.</summary>
public sealed record ManifestCrypto(string Custody, Guid DekId, ImmutableArray<ManifestRecipient> Recipients)
{
    public const string CustodyOwner = "owner";

    public const string CustodyOwnerAndPlatform = "owner+platform";
}

/// <summary>Kid and HPKE algorithm of someone who can unwrap the data key.</summary>
public sealed record ManifestRecipient(string Kid, string Alg);

/// <summary>One stored chunk. <paramref name="Run"/> counts from 0; times are milliseconds from the start of the session.</summary>
public sealed record ManifestChunk(long Index, ChunkStream Stream, int Run, long StartMs, long EndMs, long PlainLength, long CipherLength, ChunkCompression Compression, Digest ChunkHash, bool IsTruncated = false);

/// <summary>RFC 6962 tree over the chunk hashes.</summary>
public sealed record ManifestMerkle(Digest Root, long TreeSize, int Height);

/// <summary>ES256 by the key with this RFC 7638 thumbprint.</summary>
public sealed record ManifestSignature(string Kid, Signature64 Value);
