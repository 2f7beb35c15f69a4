using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Lucid.Evidence.Tests;

/// <summary>This library beside a verifier that was written from docs/formats.md in another language: what one says, the other says.</summary>
[Trait("Needs", "Program")]
public sealed class IndependentVerifierTests
{
    private static readonly int Rounds = Environment.GetEnvironmentVariable("LUCID_TEST_ALL") == "1" ? 20 : 1;

    private readonly TestKeys keys = new();
    private readonly TestRecording recording;

    public IndependentVerifierTests() => recording = new TestRecording(keys);

    [Fact]
    public async Task Another_program_computes_every_vector_of_the_document()
    {
        NodeVerifier.SkipWithoutNode();
        var (code, output) = await NodeVerifier.RunAsync("vectors", Repository.File("docs/formats.md"));
        Assert.True(code == 0, output);
        Assert.Matches(@"^\d{2,} vectors computed, 0 wrong\s*$", output);
    }

    [Fact]
    public async Task Good_bundles_of_every_kind_are_good_for_both_and_decrypt_to_the_same_bytes()
    {
        NodeVerifier.SkipWithoutNode();
        var cases = new List<NodeVerifier.Case>();
        var legible = new TestRecording(keys, zstd: false); // Debian's Node has no zstd
        foreach (var (name, bundle, genesis) in await GoodAsync(legible))
        {
            cases.Add(new(name, bundle, genesis) { Key = legible.Recipient.ToJwk() });
            cases.Add(new(name + ", not pinned", bundle, null) { Key = legible.Recipient.ToJwk() });
            cases.Add(new(name + ", another pinned", bundle, Digest.Zero));
        }

        var reports = await NodeVerifier.JudgeAsync(cases);
        await AssertAlikeAsync(cases, reports);
        var plain = legible.Plain.Select(bytes => Convert.ToHexStringLower(SHA256.HashData(bytes))).ToList();
        Assert.All(reports.Where(report => (int)report["exit"]! != 1), report => Assert.Equal(string.Join(',', plain), report["plain"] is JsonArray hashes ? string.Join(',', hashes) : report["plain"]!.ToString()));
        Assert.Equal([0, 3, 1], reports.Take(3).Select(report => (int)report["exit"]!));
    }

    [Fact]
    public async Task What_is_known_from_before_contradicts_or_agrees_for_both()
    {
        NodeVerifier.SkipWithoutNode();
        var chain = Chain(recording);
        var other = new TestChain(keys);
        other.Add(1);
        other.Add(9, other.Anchor(recording.Anchor));
        other.Add(12);
        var strange = new TestChain(keys, name: "another");
        strange.Add(2, strange.Anchor(recording.Anchor));
        var earlier = chain.Receipt(recording.Anchor).ToJson();
        var bundles = new[] { chain.Receipt(recording.Anchor), chain.Receipt(recording.Anchor, withHead: true), other.Receipt(recording.Anchor, withHead: true), strange.Receipt(recording.Anchor) };
        var cases = new List<NodeVerifier.Case>();
        foreach (var receipt in bundles)
        {
            cases.Add(new($"case {cases.Count}", await recording.BundleAsync(receipt, keys), receipt.Genesis.Hash, earlier));
        }

        var reports = await NodeVerifier.JudgeAsync(cases);
        await AssertAlikeAsync(cases, reports);
        Assert.Equal([0, 0, 1, 1], reports.Select(report => (int)report["exit"]!));
    }

    [Fact]
    public async Task Damage_of_any_kind_is_found_by_both_in_the_same_place()
    {
        NodeVerifier.SkipWithoutNode();
        var random = new SeededGenerator(20_261_127);
        var good = await GoodAsync(recording);
        var cases = new List<NodeVerifier.Case>();
        for (var i = 0; i < 1500 * Rounds; i++)
        {
            var (name, bundle, genesis) = good[i % good.Count];
            cases.Add(new($"{i}: {name}", Damage(bundle, random), random.Below(4) == 0 ? null : genesis));
        }

        var reports = await NodeVerifier.JudgeAsync(cases);
        await AssertAlikeAsync(cases, reports);
        var places = reports.Select(report => (string?)report["where"]).OfType<string>().ToHashSet();
        Assert.All((string[])["index.json", "manifest.json", "receipt.json", "keys.json", "README.txt", "chunks/000001.lck1"], place => Assert.Contains(place, places));
    }

    private static byte[] Damage(byte[] bundle, SeededGenerator random)
    {
        switch (random.Below(8))
        {
            case 0:
                var flipped = (byte[])bundle.Clone();
                var bit = random.Below(bundle.Length * 8);
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                return flipped;
            case 1:
                return Mutation.Apply(bundle, random);
            case 2:
                var entries = Repacked.Entries(bundle);
                var moved = random.Below(entries.Count);
                entries.Insert(random.Below(entries.Count), entries[moved]);
                return random.Below(2) == 0 ? Repacked.Framed(entries) : Repacked.Bundle(entries);
            default:
                var changed = Repacked.Entries(bundle);
                var at = random.Below(changed.Count);
                var (path, data) = changed[at];
                var isJson = path.EndsWith(".json", StringComparison.Ordinal);
                changed[at] = (path, isJson && random.Below(4) > 0 ? Repacked.Change(data, random) : Mutation.Apply(data, random));
                return path == BundleLayout.Index ? Repacked.Framed(changed) : Repacked.Bundle(changed);
        }
    }

    private static async Task AssertAlikeAsync(List<NodeVerifier.Case> cases, List<JsonObject> reports)
    {
        var different = new List<string>();
        foreach (var (@case, theirs) in cases.Zip(reports))
        {
            var options = new VerificationOptions { PinnedGenesisHash = @case.Genesis, KnownHeads = [.. @case.Known.Select(file => KnownHead.Parse(file))] };
            var ours = await BundleVerifier.VerifyAsync(new MemoryStream(@case.Bundle), options);
            var mine = ours.ExitCode is 0 or 3
                ? $"{ours.ExitCode} {ours.SessionId} {ours.ChunksVerified} {ours.BlockHeight} {ours.BlockHash} {ours.GenesisHash} {ours.KnownHeadsAgreeing} {ours.KnownHeadsNotComparable} {!ours.Incomplete}"
                : $"{ours.ExitCode} {ours.Entry}";
            var yours = (int)theirs["exit"]! is 0 or 3
                ? $"{theirs["exit"]} {theirs["session_id"]} {theirs["chunks"]} {theirs["block_height"]} {theirs["block_hash"]} {theirs["genesis_hash"]} {theirs["known_heads_agreeing"]} {theirs["known_heads_not_comparable"]} {(bool)theirs["complete"]!}"
                : $"{theirs["exit"]} {theirs["where"]}";
            if (mine != yours)
            {
                different.Add($"{@case.Name}\n  library: {mine} {ours.Code}: {ours.Message}\n  node: {yours} {theirs["reason"]}");
            }
        }

        Assert.True(different.Count == 0, $"{different.Count} of {cases.Count} are judged differently:\n{string.Join('\n', different.Take(40))}");
    }

    private TestChain Chain(TestRecording recording)
    {
        var chain = new TestChain(keys);
        chain.Add(3);
        chain.Add(5, chain.Anchor(recording.Anchor));
        chain.Add(6);
        chain.Add(9);
        return chain;
    }

    /// <summary>Bootstrap and validators, with and without a later head, witnesses, the owner's signature and changes of keys.</summary>
    private async Task<List<(string Name, byte[] Bundle, Digest Genesis)>> GoodAsync(TestRecording recording)
    {
        const long epoch = 8640;
        var simple = Chain(recording);
        var signed = recording.SignedByOwner(keys.Owner);
        var rotated = new TestChain(keys);
        rotated.Add(5, rotated.RotateManifestKey(ManifestKey.From(new TestKeys(5).Manifest), null));
        rotated.Add(6, rotated.Anchor(signed));
        rotated.Add(7);
        var elected = new TestChain(keys);
        elected.Add(5, elected.ChangeValidators([.. keys.Validators.Take(4).Select((k, i) => new Validator($"node-{i}", k.PublicKey))]));
        elected.Add(epoch, elected.ChangeValidators([.. keys.Validators.Take(5).Select((k, i) => new Validator($"node-{i}", k.PublicKey))]));
        elected.Add(2 * epoch, elected.Anchor(recording.Anchor));
        elected.Add((2 * epoch) + 1);
        var several = new TestChain(keys, authorities: 3);
        several.Add(2, several.Anchor(recording.Anchor));
        (string, Receipt)[] receipts =
        [
            ("bootstrap", simple.Receipt(recording.Anchor)),
            ("later head and witnesses", simple.Receipt(recording.Anchor, withHead: true, keys.Witnesses[0], keys.Witnesses[1])),
            ("owner's signature and a new key", rotated.Receipt(signed, withHead: true)),
            ("validators", elected.Receipt(recording.Anchor, withHead: true)),
            ("several authorities", several.Receipt(recording.Anchor)),
        ];
        var good = new List<(string, byte[], Digest)>();
        foreach (var (name, receipt) in receipts)
        {
            good.Add((name, await recording.BundleAsync(receipt, keys), receipt.Genesis.Hash));
        }

        return good;
    }
}
