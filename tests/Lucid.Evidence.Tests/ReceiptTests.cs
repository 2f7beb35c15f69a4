using System.Collections.Immutable;

namespace Lucid.Evidence.Tests;

public sealed class ReceiptTests
{
    private const long Epoch = 8640;

    private readonly TestKeys keys = new();
    private readonly TestRecording recording;

    public ReceiptTests() => recording = new TestRecording(keys);

    [Fact]
    public void A_receipt_is_read_back_and_leads_to_its_genesis()
    {
        var chain = Chain();
        var receipt = Receipt.Parse(chain.Receipt(recording.Anchor).ToJson());
        Assert.Equal(receipt.Proof.ToJson(), TransactionProof.Parse(receipt.Proof.ToJson()).ToJson());
        var findings = ReceiptVerifier.Verify(receipt, new VerificationOptions { PinnedGenesisHash = chain.Genesis.Hash });
        Assert.True(findings.IsPinned);
        Assert.Equal(("platform", "1 of 1 bootstrap authority, the operator"), (findings.SignedBy, findings.VouchedBy));
        Refused(EvidenceFault.GenesisMismatch, receipt, new VerificationOptions { PinnedGenesisHash = Digest.Zero });
    }

    [Fact]
    public void An_anchor_in_a_batch_is_proved_by_two_paths()
    {
        var chain = new TestChain(keys);
        ImmutableArray<AnchorEntry> entries = [.. Enumerable.Range(0, 5).Select(i => i == 3
            ? recording.Anchor
            : new AnchorEntry(recording.Anchor.Record with { SessionId = new Guid(i + 1, 0, 0, new byte[8]) }))];
        var tree = MerkleTree.FromLeafHashes(entries.Select(e => MerkleHash.Leaf(e.ToJson())));
        chain.Add(2, chain.Send(new OtherData("data_storage", null, "{}"u8.ToArray()), keys.Anchoring), chain.Send(new SessionAnchorBatchData(tree.Root(), [.. entries.Select(e => e.Record.SessionId)]), keys.Anchoring));
        for (var i = 0; i < entries.Length; i++)
        {
            ReceiptVerifier.Verify(Receipt.Parse(chain.BatchReceipt(entries, i).ToJson()), VerificationOptions.TrustNothing);
        }

        var receipt = chain.BatchReceipt(entries, 3);
        Refused(EvidenceFault.InclusionInvalid, receipt with { Anchor = entries[2] });
        Refused(EvidenceFault.InclusionInvalid, receipt with { Batch = receipt.Batch! with { LeafIndex = 2 } });
        Refused(EvidenceFault.InclusionInvalid, receipt with { Batch = null });
        Refused(EvidenceFault.InclusionInvalid, receipt with { Proof = receipt.Proof with { Inclusion = receipt.Proof.Inclusion with { LeafIndex = 0 } } });
    }

    [Fact]
    public void An_owners_signature_is_named_and_checked()
    {
        var entry = recording.SignedByOwner(keys.Owner);
        Assert.Equal("owner", ReceiptVerifier.Verify(Chain(entry).Receipt(entry), VerificationOptions.TrustNothing).SignedBy);
        var forged = entry with { OwnerSignature = keys.Owner.Sign("other"u8) };
        Refused(EvidenceFault.AnchorSignature, Chain(forged).Receipt(forged));
        var half = entry with { OwnerSignature = null };
        Refused(EvidenceFault.AnchorSignature, Chain(half).Receipt(half));
    }

    [Fact]
    public void Only_an_anchoring_key_anchors()
    {
        var chain = new TestChain(keys);
        chain.Add(2, chain.Send(new SessionAnchorData(recording.Anchor), keys.Owner));
        Refused(EvidenceFault.TransactionSignature, chain.Receipt(recording.Anchor));
    }

    [Fact]
    public void Changes_of_validators_are_followed_and_none_can_be_left_out()
    {
        var chain = new TestChain(keys);
        chain.Add(5, chain.ChangeValidators([.. keys.Validators.Take(4).Select((k, i) => new Validator($"node-{i}", k.PublicKey))]));
        chain.Add(Epoch, chain.ChangeValidators([.. keys.Validators.Take(5).Select((k, i) => new Validator($"node-{i}", k.PublicKey))]));
        chain.Add(2 * Epoch, chain.Anchor(recording.Anchor));
        var receipt = Receipt.Parse(chain.Receipt(recording.Anchor).ToJson());
        Assert.Equal("5 of 5 validators", ReceiptVerifier.Verify(receipt, VerificationOptions.TrustNothing).VouchedBy);
        Refused(EvidenceFault.AuthorityInvalid, receipt with { AuthorityChain = [] });
        Refused(EvidenceFault.AuthorityInvalid, receipt with { AuthorityChain = receipt.AuthorityChain.RemoveAt(1) });
        Refused(EvidenceFault.AuthorityInvalid, receipt with { AuthorityChain = receipt.AuthorityChain.RemoveAt(0) });
        Refused(EvidenceFault.ReceiptInvalid, receipt with { AuthorityChain = receipt.AuthorityChain.Add(receipt.AuthorityChain[1]) });
        Refused(EvidenceFault.AuthorityInvalid, receipt with { AuthorityChain = [receipt.AuthorityChain[1], receipt.AuthorityChain[0]] });
    }

    [Fact]
    public void A_withdrawn_manifest_key_is_refused_even_if_the_withdrawal_is_left_out()
    {
        var replacement = ManifestKey.From(new TestKeys(5).Manifest);
        var chain = new TestChain(keys);
        chain.Add(5, chain.RotateManifestKey(replacement, ManifestKey.From(keys.Manifest).Kid));
        chain.Add(Epoch, chain.Anchor(recording.Anchor));
        var receipt = chain.Receipt(recording.Anchor);
        var findings = ReceiptVerifier.Verify(receipt, VerificationOptions.TrustNothing);
        Assert.Equal([replacement], findings.Authority.ManifestKeys);
        Assert.Equal(EvidenceFault.ManifestKeyUnknown, Assert.Throws<EvidenceException>(() => ManifestCheck.Signature(recording.Manifest, findings.Authority)).Fault);
        Refused(EvidenceFault.AuthorityInvalid, receipt with { AuthorityChain = [] });
    }

    [Fact]
    public void Two_changes_in_one_block_and_one_between_anchor_and_head_are_followed()
    {
        var chain = new TestChain(keys);
        var first = chain.RotateManifestKey(ManifestKey.From(new TestKeys(5).Manifest), null);
        var data = (KeyRotationData)first.Data;
        var second = data with { Sequence = 2, AddManifestKeys = [ManifestKey.From(new TestKeys(6).Manifest)], Approvals = [] };
        chain.Add(5, first, chain.Send(second with { Approvals = [.. keys.Governance.Take(2).Select(k => second.Approve(chain.Genesis.NetworkId, k))] }, keys.Governance[1]));
        chain.Add(Epoch, chain.Anchor(recording.Anchor));
        chain.Add(Epoch + 1, chain.RotateManifestKey(ManifestKey.From(new TestKeys(7).Manifest), null));
        chain.Add(2 * Epoch);
        var receipt = Receipt.Parse(chain.Receipt(recording.Anchor, withHead: true).ToJson());
        Assert.Equal(3, receipt.AuthorityChain.Length);
        Assert.Equal(3, ReceiptVerifier.Verify(receipt, VerificationOptions.TrustNothing).Authority.ManifestKeys.Length);
        Refused(EvidenceFault.AuthorityInvalid, receipt with { AuthorityChain = receipt.AuthorityChain.RemoveAt(2) });
        Refused(EvidenceFault.AuthorityInvalid, receipt with { AuthorityChain = [receipt.AuthorityChain[1], receipt.AuthorityChain[0], receipt.AuthorityChain[2]] });
    }

    [Fact]
    public void A_later_head_contains_the_block_and_its_history()
    {
        var chain = Chain();
        for (var slot = 20; slot < 50; slot++)
        {
            chain.Add(slot);
        }

        var receipt = Receipt.Parse(chain.Receipt(recording.Anchor, withHead: true, keys.Witnesses[0], keys.Witnesses[1]).ToJson());
        var findings = ReceiptVerifier.Verify(receipt, new VerificationOptions { KnownWitnesses = [keys.Witnesses[1].PublicKey] });
        Assert.Equal("1 of 1 bootstrap authority, the operator, + 1 witness", findings.VouchedBy);
        var head = receipt.Head!;
        Assert.Equal(head.ToJson(), LaterHead.Parse(head.ToJson()).ToJson());
        Assert.Equal(head.Block.ToJson(), CommittedHeader.Parse(head.Block.ToJson()).ToJson());
        Refused(EvidenceFault.ConsistencyInvalid, receipt with { Head = head with { InclusionPath = [] } });
        Refused(EvidenceFault.ConsistencyInvalid, receipt with { Head = head with { ConsistencyPath = [.. head.ConsistencyPath.Skip(1)] } });
        Refused(EvidenceFault.ConsistencyInvalid, receipt with { Head = head with { Block = receipt.Proof.Block } });
        Refused(EvidenceFault.WitnessInvalid, receipt with { Head = null });
        Refused(EvidenceFault.WitnessInvalid, receipt with { Witnesses = [receipt.Witnesses[0], receipt.Witnesses[0]] });
        Refused(EvidenceFault.WitnessInvalid, receipt with { Witnesses = [receipt.Witnesses[0] with { TimestampMs = 5 }] });
    }

    [Fact]
    public void A_second_history_contradicts_what_is_known_from_before()
    {
        var chain = Chain();
        var other = new TestChain(keys);
        other.Add(1);
        other.Add(9, other.Anchor(recording.Anchor));
        other.Add(12);
        var earlier = KnownHead.Parse(chain.Receipt(recording.Anchor).ToJson());
        var later = other.Receipt(recording.Anchor, withHead: true);
        Refused(EvidenceFault.KnownHeadContradicted, later, Knowing(earlier));
        var same = ReceiptVerifier.Verify(chain.Receipt(recording.Anchor, withHead: true), Knowing(earlier));
        Assert.Equal((1, 0), (same.KnownHeadsAgreeing, same.KnownHeadsNotComparable));

        var strange = new TestChain(keys, name: "another");
        strange.Add(2, strange.Anchor(recording.Anchor));
        Refused(EvidenceFault.KnownHeadContradicted, strange.Receipt(recording.Anchor), Knowing(earlier));
    }

    [Fact]
    public void A_tree_head_is_compared_directly_or_through_a_consistency_proof()
    {
        var chain = Chain();
        for (var slot = 20; slot < 30; slot++)
        {
            chain.Add(slot);
        }

        var receipt = chain.Receipt(recording.Anchor);
        var height = receipt.Proof.Block.Header.Height;
        var known = Head(chain, 7);
        var alone = ReceiptVerifier.Verify(receipt, Knowing(known));
        Assert.Equal((0, 1), (alone.KnownHeadsAgreeing, alone.KnownHeadsNotComparable));
        var proof = new ConsistencyProof(height, 7, chain.History.Root(height), chain.History.Root(7), [.. chain.History.ConsistencyPath(height, 7)]);
        Assert.Equal(1, ReceiptVerifier.Verify(receipt, Knowing(known) with { ConsistencyProofs = [proof] }).KnownHeadsAgreeing);
        Refused(EvidenceFault.KnownHeadContradicted, receipt, Knowing(known) with { ConsistencyProofs = [proof with { Path = [] }] });
        Refused(EvidenceFault.KnownHeadContradicted, receipt, Knowing(known) with { ConsistencyProofs = [proof with { FirstRoot = Digest.Zero }] });
        Refused(EvidenceFault.KnownHeadContradicted, receipt, Knowing(new KnownHead(null, [new KnownPoint(height, null, Digest.Zero)])));
        Refused(EvidenceFault.KnownHeadContradicted, receipt, Knowing(new KnownHead(null, [new KnownPoint(height, Digest.Zero, receipt.Proof.Block.Header.HistoryRoot)])));
    }

    private static KnownHead Head(TestChain chain, int size) => KnownHead.Parse(System.Text.Encoding.UTF8.GetBytes(
        $$"""{"tree_size": {{size}}, "root_hash": "{{chain.History.Root(size)}}", "height": {{size}}, "block_hash": "{{chain.Blocks[size - 1].Block.Header.Hash()}}", "producer": "x", "commit": []}"""));

    private static VerificationOptions Knowing(KnownHead head) => new() { KnownHeads = [head] };

    private static void Refused(EvidenceFault fault, Receipt receipt, VerificationOptions? options = null)
    {
        var exception = Assert.Throws<EvidenceException>(() => ReceiptVerifier.Verify(receipt, options ?? VerificationOptions.TrustNothing));
        Assert.Equal(fault, exception.Fault);
    }

    private TestChain Chain(AnchorEntry? entry = null)
    {
        var chain = new TestChain(keys);
        chain.Add(3);
        chain.Add(4, chain.Anchor(entry ?? recording.Anchor));
        chain.Add(6);
        return chain;
    }
}
