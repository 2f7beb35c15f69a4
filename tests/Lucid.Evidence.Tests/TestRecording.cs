using System.Text;

namespace Lucid.Evidence.Tests;

/// <summary>A small finished recording: sealed chunks, signed manifest, recipient.</summary>
internal sealed class TestRecording
{
    public static readonly Guid SessionId = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057");
    public static readonly Guid DekId = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8058");

    public TestRecording(TestKeys keys, int avChunks = 2, int avLength = 300, bool zstd = true)
    {
        DataKey = new SeededGenerator(77).Bytes(32);
        Recipient = RecipientPrivateKey.GenerateX25519();
        var chunks = new List<ManifestChunk>();
        Add(chunks, ChunkStream.Init, [.. "ftypmoov"u8, .. new byte[40]]);
        for (var i = 0; i < avChunks; i++)
        {
            Add(chunks, ChunkStream.Av, new SeededGenerator((ulong)i).Bytes(avLength));
        }

        Add(chunks, ChunkStream.Events, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"t_ms\":1,\"type\":\"focus\"}\n", 60))), isLast: true, zstd);
        Envelope = KeyEnvelope.Wrap(DataKey, Recipient.PublicKey, SessionId, DekId);
        var time = TestChain.GenesisTime;
        Manifest = ManifestSigner.Sign(
            new Manifest(
                Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8059"),
                1,
                null,
                SessionId,
                "user-1",
                "node-1",
                "server-1",
                time.AddMinutes(11),
                new ManifestSession(time, time.AddMinutes(10), 600_000, [new ManifestPause(1000, 2000)], [new ManifestGap(5000, 6000, "capture_restart")], "stopped"),
                new ManifestCapture("h264", null, 30, [new ManifestRun(0, 1920, 1080)], "0.1.0", "ffmpeg 7.1"),
                new ManifestPolicy("policy-1", Digest.Of("policy"u8)),
                [new ManifestConsent(Guid.Parse("01890a5d-ac96-774b-bcce-b302099a805a"), Digest.Of("consent"u8))],
                new ManifestCrypto(ManifestCrypto.CustodyOwner, DekId, [new ManifestRecipient(Recipient.PublicKey.Kid, Recipient.PublicKey.Alg)]),
                [.. chunks],
                [],
                Digest.Of("audit"u8),
                Manifest.MerkleOf(chunks)),
            keys.Manifest);
        Anchor = new AnchorEntry(AnchorRecord.For(Manifest, AnchorRecord.ComputeOwnerRef(new byte[32], "user-1")));
    }

    public byte[] DataKey { get; }

    public RecipientPrivateKey Recipient { get; }

    public KeyEnvelope Envelope { get; }

    public Manifest Manifest { get; set; }

    public AnchorEntry Anchor { get; set; }

    public List<byte[]> Plain { get; } = [];

    public List<byte[]> Files { get; } = [];

    public AnchorEntry SignedByOwner(Ed25519Key owner) => Anchor with { SignerKey = owner.PublicKey, OwnerSignature = owner.Sign(Anchor.Record.SignedBytes()) };

    public BundleContents Contents(Receipt receipt, TestKeys keys) =>
        BundleContents.Create(Manifest, receipt, ManifestKey.From(keys.Manifest), [Envelope], [.. Files.Select(f => Digest.Of(f))]);

    public async Task<byte[]> BundleAsync(Receipt receipt, TestKeys keys)
    {
        var output = new MemoryStream();
        await BundleWriter.WriteAsync(Contents(receipt, keys), (chunk, _) => ValueTask.FromResult<Stream>(new MemoryStream(Files[(int)chunk.Index])), output);
        return output.ToArray();
    }

    private void Add(List<ManifestChunk> chunks, ChunkStream stream, byte[] plain, bool isLast = false, bool zstd = false)
    {
        var file = new byte[ChunkSealer.MaxFileLength(plain.Length)];
        var fields = new ChunkFields(SessionId, chunks.Count, stream, DekId, isLast, TryZstd: zstd);
        var sealedChunk = ChunkSealer.Seal(fields, plain, DataKey, Digest.Of([(byte)chunks.Count]), file);
        Files.Add(file[..(int)sealedChunk.CipherLength]);
        Plain.Add(plain);
        chunks.Add(new ManifestChunk(chunks.Count, stream, 0, chunks.Count * 1000, (chunks.Count * 1000) + 1000, plain.Length, sealedChunk.CipherLength, sealedChunk.Compression, sealedChunk.ChunkHash));
    }
}
