using System.Collections.Immutable;

namespace Lucid.Evidence;

/// <summary>The canonical JSON of a manifest; every field and its range stand here once.</summary>
internal static class ManifestCodec
{
    private const string Suite = "LCK1-HKDF-SHA256-A256GCM";
    private const int MaxItems = 100_000;

    public static Manifest Parse(ReadOnlyMemory<byte> json)
    {
        var manifest = JsonFields.ReadDocument(json, "manifest", Read);
        ManifestRules.Check(manifest);
        return manifest;
    }

    public static byte[] Write(Manifest manifest, bool withSignature) => CanonicalJsonWriter.ToBytes(w =>
    {
        w.StartObject();
        w.OptionalMember("audit_head", manifest.AuditHead);
        w.Name("capture");
        WriteCapture(w, manifest.Capture);
        w.Member("chunk_count", manifest.Chunks.Length);
        w.Array("chunks", manifest.Chunks, WriteChunk);
        w.Array("consents", manifest.Consents, static (w, c) =>
        {
            w.StartObject();
            w.Member("consent_id", c.ConsentId);
            w.Member("receipt_hash", c.ReceiptHash);
            w.EndObject();
        });
        w.Member("created_at", manifest.CreatedAt);
        w.Name("crypto");
        WriteCrypto(w, manifest.Crypto);
        w.Member("incomplete", manifest.Incomplete);
        w.Member("manifest_id", manifest.ManifestId);
        w.Member("manifest_version", manifest.ManifestVersion);
        w.Name("merkle");
        w.StartObject();
        w.Member("construction", "RFC6962");
        w.Member("hash", "SHA-256");
        w.Member("height", manifest.Merkle.Height);
        w.Member("root", manifest.Merkle.Root);
        w.Member("tree_size", manifest.Merkle.TreeSize);
        w.EndObject();
        w.Array("missing", manifest.Missing, static (w, index) => w.Value(index));
        w.Member("node_id", manifest.NodeId);
        w.Member("owner_id", manifest.OwnerId);
        if (manifest.Policy is { } policy)
        {
            w.Name("policy");
            w.StartObject();
            w.Member("policy_hash", policy.PolicyHash);
            w.Member("policy_id", policy.PolicyId);
            w.EndObject();
        }

        w.OptionalMember("previous_manifest_hash", manifest.PreviousManifestHash);
        w.Member("server_id", manifest.ServerId);
        w.Name("session");
        WriteSession(w, manifest.Session);
        w.Member("session_id", manifest.SessionId);
        if (withSignature && manifest.Signature is { } signature)
        {
            w.Name("signature");
            w.StartObject();
            w.Member("alg", "ES256");
            w.Member("kid", signature.Kid);
            w.Member("value", signature.Value.Span);
            w.EndObject();
        }

        w.Member("total_cipher_bytes", manifest.TotalCipherBytes);
        w.Member("v", 1);
        w.EndObject();
    });

    private static Manifest Read(JsonFields f)
    {
        f.Version(1);
        var manifest = new Manifest(
            f.Guid("manifest_id"),
            f.Int32("manifest_version", 1, int.MaxValue),
            f.OptionalDigest("previous_manifest_hash"),
            f.Guid("session_id"),
            f.Text("owner_id", 1, 128),
            f.Text("node_id", 1, 128),
            f.Text("server_id", 1, 128),
            f.Time("created_at"),
            f.Object("session", ReadSession),
            f.Object("capture", ReadCapture),
            f.OptionalObject("policy", static p => new ManifestPolicy(p.Text("policy_id", 1, 128), p.Digest("policy_hash"))),
            [.. f.Objects("consents", 0, 64, static c => new ManifestConsent(c.Guid("consent_id"), c.Digest("receipt_hash")))],
            f.Object("crypto", ReadCrypto),
            [.. f.Objects("chunks", 1, (int)SessionTree.MaxLeaves, ReadChunk)],
            [.. f.Array("missing", 0, (int)SessionTree.MaxLeaves, item => item.ValueKind == System.Text.Json.JsonValueKind.Number ? item.GetInt64() : throw f.Refuse("missing", "holds something that is not an integer"))],
            f.OptionalDigest("audit_head"),
            f.Object("merkle", static m =>
            {
                m.Constant("hash", "SHA-256");
                m.Constant("construction", "RFC6962");
                return new ManifestMerkle(m.Digest("root"), m.Integer("tree_size", 1, SessionTree.MaxLeaves), m.Int32("height", 0, SessionTree.MaxHeight));
            }),
            f.OptionalObject("signature", static s =>
            {
                s.Constant("alg", "ES256");
                return new ManifestSignature(s.Text("kid", 43, 43), s.Signature("value"));
            }));

        // Sums that are written for readers must be the sums.
        if (f.Integer("chunk_count", 1, SessionTree.MaxLeaves) != manifest.Chunks.Length
            || f.Integer("total_cipher_bytes", 1, CanonicalJson.MaxInteger) != manifest.TotalCipherBytes
            || f.Boolean("incomplete") != manifest.Incomplete)
        {
            throw new EvidenceException(EvidenceFault.ManifestInvalid, "chunk_count, total_cipher_bytes or incomplete do not fit the chunks.");
        }

        return manifest;
    }

    private static void WriteSession(CanonicalJsonWriter w, ManifestSession session)
    {
        w.StartObject();
        w.Member("duration_ms", session.DurationMs);
        w.Member("end_reason", session.EndReason);
        w.Member("ended_at", session.EndedAt);
        w.Array("gaps", session.Gaps, static (w, g) =>
        {
            w.StartObject();
            w.Member("from_ms", g.FromMs);
            w.Member("reason", g.Reason);
            w.Member("to_ms", g.ToMs);
            w.EndObject();
        });
        w.Array("paused", session.Paused, static (w, p) =>
        {
            w.StartObject();
            w.Member("from_ms", p.FromMs);
            w.Member("to_ms", p.ToMs);
            w.EndObject();
        });
        w.Member("started_at", session.StartedAt);
        w.EndObject();
    }

    private static ManifestSession ReadSession(JsonFields f) => new(
        f.Time("started_at"),
        f.Time("ended_at"),
        f.Integer("duration_ms", 0, CanonicalJson.MaxInteger),
        [.. f.Objects("paused", 0, MaxItems, static p => new ManifestPause(Ms(p, "from_ms"), Ms(p, "to_ms")))],
        [.. f.Objects("gaps", 0, MaxItems, static g => new ManifestGap(Ms(g, "from_ms"), Ms(g, "to_ms"), g.Text("reason", 1, 256)))],
        f.Text("end_reason", 1, 256));

    private static void WriteCapture(CanonicalJsonWriter w, ManifestCapture capture)
    {
        w.StartObject();
        w.OptionalMember("audio_codec", capture.AudioCodec);
        w.Member("capture_build", capture.CaptureBuild);
        w.Member("codec", capture.Codec);
        w.Member("fps", capture.Fps);
        w.Member("recorder_version", capture.RecorderVersion);
        w.Array("runs", capture.Runs, static (w, r) =>
        {
            w.StartObject();
            w.Member("height", r.Height);
            w.Member("run", r.Run);
            w.Member("width", r.Width);
            w.EndObject();
        });
        w.EndObject();
    }

    private static ManifestCapture ReadCapture(JsonFields f) => new(
        f.Text("codec", 1, 64),
        f.OptionalText("audio_codec", 1, 64),
        f.Int32("fps", 1, 1000),
        [.. f.Objects("runs", 0, MaxItems, static r => new ManifestRun(r.Int32("run", 0, int.MaxValue), r.Int32("width", 1, 65_535), r.Int32("height", 1, 65_535)))],
        f.Text("recorder_version", 1, 128),
        f.Text("capture_build", 1, 128));

    private static void WriteCrypto(CanonicalJsonWriter w, ManifestCrypto crypto)
    {
        w.StartObject();
        w.Member("custody", crypto.Custody);
        w.Member("dek_id", crypto.DekId);
        w.Array("recipients", crypto.Recipients, static (w, r) =>
        {
            w.StartObject();
            w.Member("alg", r.Alg);
            w.Member("kid", r.Kid);
            w.EndObject();
        });
        w.Member("segment_size", ChunkHeader.SegmentSize);
        w.Member("suite", Suite);
        w.EndObject();
    }

    private static ManifestCrypto ReadCrypto(JsonFields f)
    {
        f.Constant("suite", Suite);
        f.Integer("segment_size", ChunkHeader.SegmentSize, ChunkHeader.SegmentSize);
        return new ManifestCrypto(
            f.Text("custody", 1, 32),
            f.Guid("dek_id"),
            [.. f.Objects("recipients", 0, 64, static r => new ManifestRecipient(r.Text("kid", 43, 43), r.Text("alg", 1, 64)))]);
    }

    private static void WriteChunk(CanonicalJsonWriter w, ManifestChunk chunk)
    {
        w.StartObject();
        w.Member("chunk_hash", chunk.ChunkHash);
        w.Member("cipher_len", chunk.CipherLength);
        w.Member("compression", chunk.Compression == ChunkCompression.Zstd ? "zstd" : "none");
        w.Member("end_ms", chunk.EndMs);
        w.Member("index", chunk.Index);
        w.Member("plain_len", chunk.PlainLength);
        w.Member("run", chunk.Run);
        w.Member("start_ms", chunk.StartMs);
        w.Member("status", chunk.IsTruncated ? "truncated" : "stored");
        w.Member("stream", chunk.Stream switch { ChunkStream.Init => "init", ChunkStream.Av => "av", _ => "events" });
        w.EndObject();
    }

    private static ManifestChunk ReadChunk(JsonFields f) => new(
        f.Integer("index", 0, SessionTree.MaxLeaves - 1),
        f.Text("stream", 1, 8) switch { "init" => ChunkStream.Init, "av" => ChunkStream.Av, "events" => ChunkStream.Events, _ => throw f.Refuse("stream", "is not init, av or events") },
        f.Int32("run", 0, int.MaxValue),
        Ms(f, "start_ms"),
        Ms(f, "end_ms"),
        f.Integer("plain_len", 0, ChunkHeader.MaxPlainLength),
        f.Integer("cipher_len", 0, ChunkHeader.MaxFileLength),
        f.Text("compression", 1, 8) switch { "none" => ChunkCompression.None, "zstd" => ChunkCompression.Zstd, _ => throw f.Refuse("compression", "is not none or zstd") },
        f.Digest("chunk_hash"),
        f.Text("status", 1, 16) switch { "stored" => false, "truncated" => true, _ => throw f.Refuse("status", "is not stored or truncated") });

    private static long Ms(JsonFields f, string name) => f.Integer(name, 0, CanonicalJson.MaxInteger);
}
