using System.Collections.Immutable;
using System.Security.Cryptography;
using Lucid.Contracts.Sessions;
using Lucid.Evidence;

namespace Lucid.SessionPipeline.Domain;

/// <summary>The signed manifest of a session whose chunks are all stored.</summary>
public static class ManifestFactory
{
    public static Manifest Create(Session session, IReadOnlyList<ChunkLedgerEntry> ledger, ECDsa signingKey, string recorderVersion, DateTimeOffset now)
    {
        var stored = ledger.Where(entry => entry.Status == "stored").OrderBy(entry => entry.Index).ToList();
        var chunks = stored.Select(ToManifest).ToImmutableArray();
        var runs = stored.Where(entry => entry.Video is not null)
            .Select(entry => new ManifestRun(entry.Run, entry.Video!.Width, entry.Video.Height)).DistinctBy(run => run.Run).ToImmutableArray();
        var highest = stored.Count > 0 ? stored[^1].Index : -1;
        var missing = Enumerable.Range(0, Math.Max(session.ExpectedChunks ?? 0, highest + 1)).Select(index => (long)index)
            .Except(stored.Select(entry => (long)entry.Index)).ToImmutableArray();
        var manifest = new Manifest(
            Guid.CreateVersion7(now),
            1,
            null,
            Guid.ParseExact(session.SessionId, "D"),
            session.OwnerId,
            "local",
            "external",
            Milliseconds(now),
            new ManifestSession(
                Milliseconds(session.StartedAt ?? session.CreatedAt), Milliseconds(session.StoppedAt ?? now), session.DurationMs,
                [.. session.Pauses.Select(pause => new ManifestPause(pause.From, Math.Max(pause.From, pause.To ?? session.DurationMs)))],
                [],
                session.EndReason ?? "stopped"),
            new ManifestCapture(
                stored.FirstOrDefault(entry => entry.Video is not null)?.Video!.Codec ?? "unknown", null, session.RecordingConfig.FrameRate, runs, recorderVersion, recorderVersion),
            session.PolicyHash is { } policy ? new ManifestPolicy(session.SessionId, Digest.Parse(policy)) : null,
            session.Consent is { } consent ? [new ManifestConsent(Guid.ParseExact(consent.ConsentId, "D"), Digest.Parse(consent.ReceiptHash))] : [],
            new ManifestCrypto(session.Custody, Guid.ParseExact(session.DataKeyId, "D"), [.. session.Recipients.Select(Recipient)]),
            chunks,
            missing,
            null,
            Manifest.MerkleOf(chunks));
        return ManifestSigner.Sign(manifest, signingKey);
    }

    /// <summary>The public key of a recipient.</summary>
    public static RecipientPublicKey KeyOf(KeyRecipient recipient) =>
        RecipientPublicKey.Parse(System.Text.Encoding.UTF8.GetBytes(recipient.Jwk.GetRawText()));

    private static ManifestRecipient Recipient(KeyRecipient recipient)
    {
        var key = KeyOf(recipient);
        return new(key.Kid, key.Alg);
    }

    private static ManifestChunk ToManifest(ChunkLedgerEntry entry) => new(
        entry.Index,
        entry.Stream switch { ChunkStreams.Init => ChunkStream.Init, ChunkStreams.Events => ChunkStream.Events, _ => ChunkStream.Av },
        entry.Run, entry.StartMs, entry.EndMs, entry.PlainLength, entry.CipherLength!.Value,
        entry.Compression == "zstd" ? ChunkCompression.Zstd : ChunkCompression.None, Digest.Parse(entry.ChunkHash!), entry.Truncated);

    private static DateTimeOffset Milliseconds(DateTimeOffset at) => DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());
}
