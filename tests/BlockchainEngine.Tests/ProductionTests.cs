using Lucid.BlockchainEngine.Domain;
using Lucid.BlockchainEngine.Tests.Support;
using Lucid.Evidence;

namespace Lucid.BlockchainEngine.Tests;

public sealed class ProductionTests
{
    [Fact]
    public async Task Every_slot_gets_one_block_and_an_empty_one_is_valid()
    {
        await using var rig = await EngineRig.StartAsync();
        for (var i = 1; i <= 5; i++)
        {
            Assert.Equal(ProduceOutcome.Produced, await rig.NextSlotAsync());
            Assert.Equal(ProduceOutcome.SlotDone, await rig.Node.ProduceAsync(CancellationToken.None));
        }

        var blocks = await rig.BlocksAsync();
        Assert.Equal([0L, 1, 2, 3, 4, 5], blocks.Select(b => b.Header.Height));
        Assert.Equal([0L, 1, 2, 3, 4, 5], blocks.Select(b => b.Header.Slot));
        Assert.All(blocks.Skip(1), b => Assert.Equal(MerkleHash.EmptyRoot, b.Header.MerkleRoot));
    }

    [Fact]
    public async Task A_late_wake_up_skips_slots_and_never_shifts_them()
    {
        await using var rig = await EngineRig.StartAsync();
        await rig.NextSlotAsync();
        Assert.Equal(ProduceOutcome.Produced, await rig.NextSlotAsync(slots: 7));
        Assert.Equal((2L, 8L), (rig.Node.State.Height, rig.Node.State.Head.Header.Slot));
        Assert.InRange(rig.Node.UntilNextSlot(), TimeSpan.FromMilliseconds(990), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_signs_nothing_until_it_has_caught_up()
    {
        await using var rig = await EngineRig.StartAsync();
        await rig.NextSlotAsync(slots: 10);
        await rig.CloseAsync();
        rig.Fence.Head = rig.Fence.Head! with { ReservedSlot = 20 }; // what an engine with a clock ahead of ours left
        await rig.OpenAsync();
        Assert.Equal(ProduceOutcome.SlotDone, await rig.NextSlotAsync());
        Assert.Equal(ProduceOutcome.Produced, await rig.NextSlotAsync(slots: 12));
    }

    [Fact]
    public async Task A_transaction_is_included_in_the_next_block_and_its_receipt_verifies_with_the_pinned_genesis()
    {
        await using var rig = await EngineRig.StartAsync();
        var anchor = rig.Anchor(1);
        Assert.True((await rig.SubmitAsync(anchor)).IsAccepted);
        await rig.NextSlotAsync();

        var place = rig.Node.State.Find(anchor.Id);
        Assert.Equal(new TransactionPlace(1, 0), place);
        var block = (await rig.Node.ReadBlockAsync(1, CancellationToken.None))!;
        var receipt = Receipt.Parse(new Receipt(rig.Chain.Genesis, TestChain.EntryOf(1), TransactionProof.From(block.Block, 0, block.Commit), null, []).ToJson());
        var findings = ReceiptVerifier.Verify(receipt, new VerificationOptions { PinnedGenesisHash = rig.Chain.Genesis.Hash });
        Assert.True(findings.IsPinned);
        using var other = new TestChain("another");
        Assert.Throws<EvidenceException>(() => ReceiptVerifier.Verify(receipt, new VerificationOptions { PinnedGenesisHash = other.Genesis.Hash }));
    }

    [Fact]
    public async Task Anchors_stand_in_a_block_by_time_and_then_by_id()
    {
        await using var rig = await EngineRig.StartAsync();
        var now = rig.Clock.GetUtcNow();
        var late = rig.Chain.Anchor(1, now);
        var early = rig.Chain.Anchor(2, now.AddSeconds(-5));
        var same = rig.Chain.Anchor(3, now);
        foreach (var transaction in (Transaction[])[late, early, same])
        {
            await rig.SubmitAsync(transaction);
        }

        await rig.NextSlotAsync();
        Digest[] byId = [.. new[] { late.Id, same.Id }.OrderBy(id => id.ToString(), StringComparer.Ordinal)];
        Assert.Equal([early.Id, .. byId], rig.Node.State.Head.Block.Transactions.Select(t => t.Id));
    }

    [Fact]
    public async Task A_transaction_of_the_near_future_waits_until_a_block_may_carry_it()
    {
        await using var rig = await EngineRig.StartAsync();
        await rig.SubmitAsync(rig.Chain.Anchor(1, rig.Clock.GetUtcNow().AddSeconds(2)));
        await rig.NextSlotAsync();
        Assert.Empty(rig.Node.State.Head.Block.Transactions);
        await rig.NextSlotAsync();
        Assert.Single(rig.Node.State.Head.Block.Transactions);
    }

    [Fact]
    public async Task Consistency_holds_between_any_two_heads_and_fails_for_a_rewritten_block()
    {
        await using var rig = await EngineRig.StartAsync();
        for (var i = 0; i < 70; i++)
        {
            await rig.NextSlotAsync();
        }

        var state = rig.Node.State;
        var generator = new Random(42);
        for (var i = 0; i < 200; i++)
        {
            var second = generator.NextInt64(1, state.Height + 1);
            var first = generator.NextInt64(1, second + 1);
            var path = state.ConsistencyPath(first, second);
            var firstRoot = (await rig.Node.ReadBlockAsync(first, CancellationToken.None))!.Header.HistoryRoot;
            var secondRoot = (await rig.Node.ReadBlockAsync(second, CancellationToken.None))!.Header.HistoryRoot;
            Assert.True(MerkleProof.VerifyConsistency(first, second, firstRoot, secondRoot, path));
            Assert.False(MerkleProof.VerifyConsistency(first, second, Digest.Of(firstRoot.Span), secondRoot, path));
        }
    }

    [Fact]
    public async Task A_paused_engine_keeps_its_queue_and_goes_on_when_resumed()
    {
        await using var rig = await EngineRig.StartAsync();
        rig.Node.IsPaused = true;
        await rig.SubmitAsync(rig.Anchor(1));
        Assert.Equal(ProduceOutcome.Paused, await rig.NextSlotAsync());
        rig.Node.IsPaused = false;
        Assert.Equal(ProduceOutcome.Produced, await rig.NextSlotAsync());
        Assert.Single(rig.Node.State.Head.Block.Transactions);
    }

    [Fact]
    public async Task An_engine_without_a_key_or_without_the_quorum_observes()
    {
        await using var keyless = new EngineRig();
        await keyless.OpenAsync(observe: true);
        Assert.Equal(ProduceOutcome.Observing, await keyless.NextSlotAsync());

        await using var stranger = new EngineRig();
        await stranger.OpenAsync(key: stranger.Chain.Governor);
        Assert.Equal(ProduceOutcome.Observing, await stranger.NextSlotAsync());

        await using var oneOfTwo = new EngineRig { Chain = new TestChain(authorities: 2) };
        await oneOfTwo.OpenAsync();
        Assert.Equal(ProduceOutcome.Observing, await oneOfTwo.NextSlotAsync());
        Assert.False(oneOfTwo.Node.IsProducer);
    }

    [Fact]
    public async Task The_first_of_two_engines_with_one_key_stops()
    {
        await using var first = await EngineRig.StartAsync();
        await first.NextSlotAsync();
        await using var second = new EngineRig(2) { Chain = first.Chain, Fence = first.Fence };
        second.Fence.Head = second.Fence.Head! with { Height = 0, Hash = first.Chain.Genesis.Hash.ToString(), ReservedHeight = 1, ReservedSlot = 1 };
        await second.OpenAsync();

        Assert.Equal(ProduceOutcome.Stopped, await first.NextSlotAsync());
        Assert.True(first.Node.IsStopped);
        Assert.Equal(ProduceOutcome.Produced, await second.NextSlotAsync(slots: 5));
        Assert.Equal(ProduceOutcome.Stopped, await first.NextSlotAsync());
    }

    [Fact]
    public async Task No_block_is_signed_while_the_state_store_is_down()
    {
        await using var rig = await EngineRig.StartAsync();
        rig.Fence.IsDown = true;
        Assert.Equal(ProduceOutcome.StorageUnavailable, await rig.NextSlotAsync());
        rig.Fence.IsDown = false;
        Assert.Equal(ProduceOutcome.Produced, await rig.NextSlotAsync());
        Assert.Equal((1L, 2L), (rig.Node.State.Height, rig.Node.State.Head.Header.Slot));
    }

    [Fact]
    public async Task A_change_of_keys_takes_effect_in_the_next_epoch()
    {
        await using var rig = await EngineRig.StartAsync();
        using var successor = TestChain.KeyOf(77);
        var change = new KeyRotationData(KeyRole.Anchoring, [successor.PublicKey], [rig.Chain.Anchoring.PublicKey], [], [], 1, "yearly", []);
        var approved = change with { Approvals = [change.Approve(rig.Chain.Genesis.NetworkId, rig.Chain.Governor)] };
        var now = rig.Clock.GetUtcNow();
        Assert.Equal(TransactionRefusal.ChangeInvalid, (await rig.SubmitAsync(Transaction.CreateSigned(rig.Chain.Genesis.NetworkId, change, rig.Chain.Governor, 1, now))).Refusal);
        Assert.True((await rig.SubmitAsync(Transaction.CreateSigned(rig.Chain.Genesis.NetworkId, approved, rig.Chain.Governor, 2, now))).IsAccepted);
        await rig.NextSlotAsync();
        Assert.Single(rig.Node.State.ChangesBefore(2));
        Assert.True((await rig.SubmitAsync(rig.Anchor(1))).IsAccepted);
        await rig.NextSlotAsync();

        await rig.NextSlotAsync(slots: 86_400);
        var byOld = rig.Anchor(2);
        Assert.Equal(TransactionRefusal.SenderNotAuthorised, (await rig.SubmitAsync(byOld)).Refusal);
        Assert.True((await rig.SubmitAsync(rig.Chain.Anchor(3, rig.Clock.GetUtcNow(), sender: successor))).IsAccepted);
        await rig.NextSlotAsync();
        await rig.CloseAsync();
        await rig.OpenAsync();
        Assert.Equal(4, rig.Node.State.Height);
    }
}
