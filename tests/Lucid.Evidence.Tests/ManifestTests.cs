using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Lucid.Evidence.Tests;

public sealed class ManifestTests
{
    private readonly TestKeys keys = new();
    private readonly Manifest manifest;

    public ManifestTests() => manifest = new TestRecording(keys).Manifest;

    [Fact]
    public void A_signed_manifest_is_read_back_and_verifies()
    {
        var read = Manifest.Parse(manifest.ToJson());
        Assert.Equal(manifest.ToJson(), read.ToJson());
        Assert.Equal(manifest.Hash(), read.Hash());
        Assert.True(read.Verify(ManifestKey.From(keys.Manifest)));
        Assert.False(read.Verify(ManifestKey.From(new TestKeys(1).Manifest)));
        Assert.Equal(64, read.Signature!.Value.Span.Length);
    }

    [Fact]
    public void The_hash_covers_everything_but_the_signature()
    {
        var unsigned = manifest with { Signature = null };
        Assert.Equal(manifest.Hash(), unsigned.Hash());
        byte[] input = [.. Encoding.ASCII.GetBytes("lucid/manifest/v1"), 0, .. unsigned.ToJson()];
        Assert.Equal(SHA256.HashData(input), manifest.Hash().ToArray());
        Assert.NotEqual(manifest.Hash(), (manifest with { OwnerId = "user-2" }).Hash());
    }

    [Fact]
    public void A_manifest_that_breaks_its_own_rules_is_not_signed()
    {
        var chunk = manifest.Chunks[1];
        Refused(manifest with { Chunks = [manifest.Chunks[0], manifest.Chunks[2]] });
        Refused(manifest with { Chunks = [manifest.Chunks[1], manifest.Chunks[0], .. manifest.Chunks.Skip(2)] });
        Refused(manifest with { Chunks = [] });
        Refused(manifest with { Missing = [1] });
        Refused(manifest with { Missing = [5] });
        Refused(manifest with { Merkle = manifest.Merkle with { Root = Digest.Zero } });
        Refused(manifest with { Merkle = manifest.Merkle with { TreeSize = 3 } });
        Refused(manifest with { Merkle = manifest.Merkle with { Height = 3 } });
        Refused(manifest with { ManifestVersion = 2 });
        Refused(manifest with { PreviousManifestHash = Digest.Zero });
        Refused(manifest with { Crypto = manifest.Crypto with { Custody = "platform" } });
        Refused(manifest with { Crypto = manifest.Crypto with { Recipients = [manifest.Crypto.Recipients[0], manifest.Crypto.Recipients[0]] } });
        Refused(manifest with { Session = manifest.Session with { EndedAt = manifest.Session.StartedAt.AddSeconds(-1) } });
        Refused(Replace(chunk with { CipherLength = chunk.CipherLength + 1 }));
        Refused(Replace(chunk with { PlainLength = chunk.PlainLength + 1 }));
        Refused(Replace(chunk with { StartMs = chunk.EndMs + 1 }));

        Manifest Replace(ManifestChunk changed) => manifest with { Chunks = manifest.Chunks.SetItem(1, changed) };
        void Refused(Manifest broken) => Assert.Equal(EvidenceFault.ManifestInvalid, Assert.Throws<EvidenceException>(() => ManifestSigner.Sign(broken, keys.Manifest)).Fault);
    }

    [Fact]
    public void A_manifest_with_missing_chunks_says_so()
    {
        ImmutableArray<ManifestChunk> stored = [manifest.Chunks[0], manifest.Chunks[2]];
        var incomplete = ManifestSigner.Sign(manifest with { Chunks = stored, Missing = [1, 3], Merkle = Manifest.MerkleOf(stored) }, keys.Manifest);
        var read = Manifest.Parse(incomplete.ToJson());
        Assert.True(read.Incomplete);
        Assert.Equal([1L, 3L], read.Missing);
        Assert.Equal((2L, 1), (read.Merkle.TreeSize, read.Merkle.Height));
    }

    [Fact]
    public void Only_a_p256_key_signs()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Equal(EvidenceFault.KeyInvalid, Assert.Throws<EvidenceException>(() => ManifestSigner.Sign(manifest, other)).Fault);
    }

    [Theory]
    [InlineData("\"v\":1", "\"v\":2")]
    [InlineData("\"chunk_count\":4", "\"chunk_count\":5")]
    [InlineData("\"incomplete\":false", "\"incomplete\":true")]
    [InlineData("\"status\":\"stored\"", "\"status\":\"missing\"")]
    [InlineData("\"stream\":\"init\"", "\"stream\":\"none\"")]
    [InlineData("\"fps\":30", "\"fps\":0")]
    [InlineData("\"node_id\":\"node-1\"", "\"node_id\":\"\"")]
    [InlineData("\"alg\":\"ES256\"", "\"alg\":\"none\"")]
    [InlineData(",\"v\":1", ",\"v\":1,\"w\":1")]
    [InlineData("\"node_id\":\"node-1\",", "")]
    [InlineData("01890a5d-ac96-774b-bcce-b302099a8059", "01890A5D-ac96-774b-bcce-b302099a8059")]
    public void Unknown_missing_and_impossible_fields_are_refused(string from, string to)
    {
        var text = Encoding.UTF8.GetString(manifest.ToJson());
        Assert.Contains(from, text, StringComparison.Ordinal);
        var changed = text.Replace(from, to, StringComparison.Ordinal);
        Assert.Throws<EvidenceException>(() => Manifest.Parse(Encoding.UTF8.GetBytes(changed)));
    }
}
