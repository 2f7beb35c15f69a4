using System.IO.Compression;

namespace Lucid.Evidence.Tests;

public sealed class BundleTests
{
    private readonly TestKeys keys = new();
    private readonly TestRecording recording;
    private readonly TestChain chain;

    public BundleTests()
    {
        recording = new TestRecording(keys);
        chain = new TestChain(keys);
        chain.Add(3);
        chain.Add(5, chain.Anchor(recording.Anchor));
        chain.Add(6);
    }

    private VerificationOptions Pinned => new() { PinnedGenesisHash = chain.Genesis.Hash };

    [Fact]
    public async Task A_bundle_is_valid_under_the_pinned_genesis_and_says_who_vouches()
    {
        var bundle = await recording.BundleAsync(chain.Receipt(recording.Anchor), keys);
        var steps = new List<VerificationProgress>();
        var report = await BundleVerifier.VerifyAsync(new MemoryStream(bundle), Pinned, new Progress(steps.Add));
        Assert.Equal((Verdict.Valid, 0, EvidenceFault.None), (report.Verdict, report.ExitCode, report.Fault));
        Assert.Equal("1 of 1 bootstrap authority, the operator", report.VouchedBy);
        Assert.Contains("second history", report.CannotShow!, StringComparison.Ordinal);
        Assert.Equal((4, recording.Manifest.TotalCipherBytes), (report.ChunksVerified, report.BytesVerified));
        Assert.Equal((TestRecording.SessionId, recording.Manifest.Merkle.Root, 2L), (report.SessionId!.Value, report.MerkleRoot!.Value, report.BlockHeight!.Value));
        Assert.Equal((recording.Manifest.Signature!.Kid, "platform", "owner"), (report.ManifestKid, report.SignedBy, report.Custody));
        Assert.Equal(4, steps[^1].ChunksDone);
        Assert.Equal(steps[^1].BytesTotal, steps[^1].BytesDone);
    }

    [Fact]
    public async Task Without_a_pinned_genesis_trust_is_not_established()
    {
        var bundle = await recording.BundleAsync(chain.Receipt(recording.Anchor), keys);
        var report = await BundleVerifier.VerifyAsync(new MemoryStream(bundle), VerificationOptions.TrustNothing);
        Assert.Equal((Verdict.ConsistentTrustNotEstablished, 3), (report.Verdict, report.ExitCode));
    }

    [Fact]
    public async Task A_forged_bundle_with_a_genesis_of_its_own_is_never_valid()
    {
        var forgerKeys = new TestKeys(variant: 9);
        var forgery = new TestRecording(forgerKeys);
        var ownChain = new TestChain(forgerKeys);
        ownChain.Add(5, ownChain.Anchor(forgery.Anchor));
        var bundle = await forgery.BundleAsync(ownChain.Receipt(forgery.Anchor), forgerKeys);
        var pinned = await BundleVerifier.VerifyAsync(new MemoryStream(bundle), Pinned);
        Assert.Equal((Verdict.Invalid, EvidenceFault.GenesisMismatch), (pinned.Verdict, pinned.Fault));
        var unpinned = await BundleVerifier.VerifyAsync(new MemoryStream(bundle), VerificationOptions.TrustNothing);
        Assert.Equal(Verdict.ConsistentTrustNotEstablished, unpinned.Verdict);
    }

    [Fact]
    public async Task Any_zip_program_can_open_it_and_the_same_contents_give_the_same_bytes()
    {
        var receipt = chain.Receipt(recording.Anchor);
        var bundle = await recording.BundleAsync(receipt, keys);
        Assert.Equal(bundle, await recording.BundleAsync(receipt, keys));
        Assert.Equal(bundle.Length, recording.Contents(receipt, keys).ArchiveLength);
        using var zip = new ZipArchive(new MemoryStream(bundle));
        Assert.Equal(
            ["index.json", "manifest.json", "receipt.json", "chunks/000000.lck1", "chunks/000001.lck1", "chunks/000002.lck1", "chunks/000003.lck1", "keys.json", "README.txt"],
            zip.Entries.Select(e => e.FullName));
        using var chunk = zip.GetEntry("chunks/000001.lck1")!.Open();
        var content = new MemoryStream();
        await chunk.CopyToAsync(content);
        Assert.Equal(recording.Files[1], content.ToArray());
        Assert.All(zip.Entries, e => Assert.Equal(new DateTime(1980, 1, 1), e.LastWriteTime.DateTime));
    }

    [Fact]
    public async Task The_recipient_reads_the_recording_and_nobody_else()
    {
        var bundle = await recording.BundleAsync(chain.Receipt(recording.Anchor), keys);
        using var reader = await BundleDecryptor.OpenAsync(new MemoryStream(bundle), recording.Recipient);
        Assert.Equal([0], reader.Runs);
        var video = new MemoryStream();
        await reader.CopyVideoAsync(0, video);
        Assert.Equal(recording.Plain.Take(3).SelectMany(p => p), video.ToArray());
        var events = new MemoryStream();
        await reader.CopyEventsAsync(events);
        Assert.Equal(recording.Plain[3], events.ToArray());
        using var stranger = RecipientPrivateKey.GenerateX25519();
        await Assert.ThrowsAsync<EvidenceException>(() => BundleDecryptor.OpenAsync(new MemoryStream(bundle), stranger));
    }

    [Fact]
    public async Task No_bit_flip_is_accepted_in_any_byte()
    {
        // One random bit of every byte, then more until there were ten thousand.
        var bundle = await recording.BundleAsync(chain.Receipt(recording.Anchor), keys);
        var random = new SeededGenerator(2026);
        for (var i = 0; i < Math.Max(bundle.Length, 10_000); i++)
        {
            var at = i < bundle.Length ? i : random.Below(bundle.Length);
            await RequireRefusedAsync(bundle, (at * 8) + random.Below(8));
        }
    }

    [Fact]
    public void A_receipt_defends_itself_without_the_hash_in_the_index()
    {
        var original = chain.Receipt(recording.Anchor, withHead: true, keys.Witnesses[0]).ToJson();
        var random = new SeededGenerator(2027);
        for (var i = 0; i < 1000; i++)
        {
            var flipped = (byte[])original.Clone();
            var bit = random.Below(flipped.Length * 8);
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(IsRefused(flipped), $"bit {bit}");
        }

        bool IsRefused(byte[] json)
        {
            try
            {
                var findings = ReceiptVerifier.Verify(Receipt.Parse(json), Pinned);
                AnchorMatch.Check(recording.Manifest, findings.Receipt.Anchor.Record);
                return false;
            }
            catch (EvidenceException)
            {
                return true;
            }
        }
    }

    [Fact]
    public async Task Every_truncation_and_every_byte_too_many_is_refused()
    {
        var bundle = await recording.BundleAsync(chain.Receipt(recording.Anchor), keys);
        for (var length = 0; length < bundle.Length; length += length < 300 || length > bundle.Length - 300 ? 1 : 37)
        {
            var report = await BundleVerifier.VerifyAsync(new MemoryStream(bundle, 0, length), Pinned);
            Assert.Equal(length < 40 ? Verdict.Unreadable : Verdict.Invalid, report.Verdict);
        }

        var longer = await BundleVerifier.VerifyAsync(new MemoryStream([.. bundle, 0]), Pinned);
        Assert.Equal(EvidenceFault.BundleFraming, longer.Fault);
    }

    [Fact]
    public async Task Something_else_is_unreadable_and_so_is_a_stream_that_fails()
    {
        foreach (var other in new[] { [], "hello"u8.ToArray(), new SeededGenerator(3).Bytes(5000) })
        {
            var report = await BundleVerifier.VerifyAsync(new MemoryStream(other), Pinned);
            Assert.Equal((Verdict.Unreadable, 2, EvidenceFault.NotABundle), (report.Verdict, report.ExitCode, report.Fault));
        }

        var failing = await BundleVerifier.VerifyAsync(new FailingStream(), Pinned);
        Assert.Equal((Verdict.Unreadable, EvidenceFault.ReadFailed), (failing.Verdict, failing.Fault));
    }

    [Fact]
    public async Task The_report_names_the_chunk_that_was_changed()
    {
        var bundle = await recording.BundleAsync(chain.Receipt(recording.Anchor), keys);
        var at = bundle.AsSpan().IndexOf(recording.Files[2]);
        bundle[at + 200] ^= 4;
        var report = await BundleVerifier.VerifyAsync(new MemoryStream(bundle), Pinned);
        Assert.Equal((Verdict.Invalid, EvidenceFault.EntryMismatch, "chunks/000002.lck1", 2L), (report.Verdict, report.Fault, report.Entry, report.ChunkIndex!.Value));
        Assert.Equal((2, "entry_mismatch"), (report.ChunksVerified, report.Code));
        Assert.Equal(TestRecording.SessionId, report.SessionId);
    }

    [Fact]
    public async Task Hostile_bundles_give_a_report_and_never_an_exception()
    {
        var bundle = await recording.BundleAsync(chain.Receipt(recording.Anchor, withHead: true), keys);
        var random = new SeededGenerator(4);
        for (var i = 0; i < 1500; i++)
        {
            var mutated = Mutation.Apply(bundle, random);
            var report = await BundleVerifier.VerifyAsync(new MemoryStream(mutated), Pinned);
            Assert.True(report.Verdict is Verdict.Invalid or Verdict.Unreadable || mutated.AsSpan().SequenceEqual(bundle));
        }
    }

    [Fact]
    public void The_writer_refuses_parts_that_do_not_belong_together()
    {
        var receipt = chain.Receipt(recording.Anchor);
        var files = recording.Files.Select(f => Digest.Of(f)).ToList();
        var key = ManifestKey.From(keys.Manifest);
        Refused(EvidenceFault.ChunkMismatch, () => BundleContents.Create(recording.Manifest, receipt, key, [recording.Envelope], [.. files.Take(3)]));
        Refused(EvidenceFault.ChunkMismatch, () => BundleContents.Create(recording.Manifest, receipt, key, [recording.Envelope], [.. files.AsEnumerable().Reverse()]));
        Refused(EvidenceFault.KeysInvalid, () => BundleContents.Create(recording.Manifest, receipt, key, [], [.. files]));
        Refused(EvidenceFault.KeysInvalid, () => BundleContents.Create(recording.Manifest, receipt, ManifestKey.From(new TestKeys(3).Manifest), [recording.Envelope], [.. files]));
        Refused(EvidenceFault.AnchorMismatch, () => BundleContents.Create(new TestRecording(keys, avChunks: 1).Manifest, receipt, key, [recording.Envelope], [.. files]));

        static void Refused(EvidenceFault fault, Action action) => Assert.Equal(fault, Assert.Throws<EvidenceException>(action).Fault);
    }

    [Fact]
    public async Task The_writer_stops_at_a_stored_file_that_was_exchanged()
    {
        var contents = recording.Contents(chain.Receipt(recording.Anchor), keys);
        foreach (var wrong in new[] { recording.Files[0], [.. recording.Files[1], 0], recording.Files[1][..^1] })
        {
            await Assert.ThrowsAsync<EvidenceException>(() => BundleWriter.WriteAsync(contents, (chunk, _) => ValueTask.FromResult<Stream>(new MemoryStream(chunk.Index == 1 ? wrong : recording.Files[(int)chunk.Index])), Stream.Null));
        }
    }

    [Fact]
    public void Archives_beyond_four_gibibytes_use_zip64_only_where_it_is_needed()
    {
        var entry = new ZipEntry("chunks/000001.lck1", 1, 10);
        Assert.Equal(46 + 18, ZipFraming.CentralHeader(entry, uint.MaxValue - 1L).Length);
        var wide = ZipFraming.CentralHeader(entry, 5L << 30);
        Assert.Equal(46 + 18 + 12, wide.Length);
        Assert.Equal(5L << 30, BitConverter.ToInt64(wide, 46 + 18 + 4));
        Assert.Equal(22, ZipFraming.End(65_534, 1000, 1000).Length);
        Assert.Equal(98, ZipFraming.End(65_535, 1000, 1000).Length);
        Assert.Equal(98, ZipFraming.End(3, 1000, 5L << 30).Length);
    }

    private async Task RequireRefusedAsync(byte[] bundle, int bit)
    {
        bundle[bit / 8] ^= (byte)(1 << (bit % 8));
        var report = await BundleVerifier.VerifyAsync(new MemoryStream(bundle), Pinned);
        Assert.True(report.Verdict is Verdict.Invalid or Verdict.Unreadable, $"bit {bit}: {report.Verdict}");
        bundle[bit / 8] ^= (byte)(1 << (bit % 8));
    }

    private sealed class Progress(Action<VerificationProgress> report) : IProgress<VerificationProgress>
    {
        public void Report(VerificationProgress value) => report(value);
    }

    private sealed class FailingStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("device lost");
    }
}
