using System.Text;
using Lucid.BlockchainEngine.Domain;
using Lucid.BlockchainEngine.Tests.Support;
using Lucid.Evidence;

namespace Lucid.BlockchainEngine.Tests;

public sealed class AdmissionTests
{
    [Fact]
    public async Task The_same_transaction_again_is_accepted_and_changes_nothing()
    {
        await using var rig = await EngineRig.StartAsync();
        var anchor = rig.Anchor(1);
        var first = await rig.SubmitAsync(anchor);
        var second = await rig.SubmitAsync(anchor);
        Assert.False(first.IsRepeat);
        Assert.True(second is { IsAccepted: true, IsRepeat: true, BlockHeight: null });
        Assert.Equal(1, rig.Node.PendingCount);
        await rig.NextSlotAsync();
        Assert.Equal(1, (await rig.SubmitAsync(anchor)).BlockHeight);
        await rig.NextSlotAsync();
        Assert.Empty(rig.Node.State.Head.Block.Transactions);
    }

    [Fact]
    public async Task Fifty_callers_with_one_transaction_get_one_place()
    {
        await using var rig = await EngineRig.StartAsync();
        var anchor = rig.Anchor(1);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => rig.SubmitAsync(anchor))));
        Assert.All(outcomes, o => Assert.True(o.IsAccepted));
        Assert.Single(outcomes, o => !o.IsRepeat);
        Assert.Equal(1, rig.Node.PendingCount);
    }

    [Fact]
    public async Task Another_body_under_a_used_nonce_is_refused_before_and_after_inclusion()
    {
        await using var rig = await EngineRig.StartAsync();
        await rig.SubmitAsync(rig.Chain.Anchor(1, rig.Clock.GetUtcNow(), nonce: 7));
        Assert.Equal(TransactionRefusal.NonceUsed, (await rig.SubmitAsync(rig.Chain.Anchor(2, rig.Clock.GetUtcNow(), nonce: 7))).Refusal);
        await rig.NextSlotAsync();
        Assert.Equal(TransactionRefusal.NonceUsed, (await rig.SubmitAsync(rig.Chain.Anchor(2, rig.Clock.GetUtcNow(), nonce: 7))).Refusal);
    }

    [Fact]
    public async Task A_session_is_anchored_once_before_and_after_inclusion()
    {
        await using var rig = await EngineRig.StartAsync();
        await rig.SubmitAsync(rig.Chain.Anchor(1, rig.Clock.GetUtcNow(), nonce: 1));
        Assert.Equal(TransactionRefusal.SessionAlreadyAnchored, (await rig.SubmitAsync(rig.Chain.Anchor(1, rig.Clock.GetUtcNow(), nonce: 2))).Refusal);
        await rig.NextSlotAsync();
        Assert.Equal(TransactionRefusal.SessionAlreadyAnchored, (await rig.SubmitAsync(rig.Chain.Anchor(1, rig.Clock.GetUtcNow(), nonce: 3))).Refusal);
        var batch = new SessionAnchorBatchData(Digest.Of("x"u8), [TestChain.SessionOf(9), TestChain.SessionOf(1)]);
        Assert.Equal(TransactionRefusal.SessionAlreadyAnchored, (await rig.SubmitAsync(Sign(rig, batch, 4))).Refusal);
    }

    [Fact]
    public async Task Strangers_wrong_networks_wrong_times_and_unknown_types_are_refused()
    {
        await using var rig = await EngineRig.StartAsync();
        var now = rig.Clock.GetUtcNow();
        Assert.Equal(TransactionRefusal.SenderNotAuthorised, (await rig.SubmitAsync(rig.Chain.Anchor(1, now, sender: rig.Chain.Authority))).Refusal);
        Assert.Equal(TransactionRefusal.WrongNetwork, (await rig.SubmitAsync(rig.Chain.Anchor(1, now, networkId: Digest.Of("other"u8)))).Refusal);
        Assert.Equal(TransactionRefusal.TimestampTooOld, (await rig.SubmitAsync(rig.Chain.Anchor(1, now.AddMinutes(-61)))).Refusal);
        Assert.Equal(TransactionRefusal.TimestampInFuture, (await rig.SubmitAsync(rig.Chain.Anchor(1, now.AddSeconds(31)))).Refusal);
        var storage = new OtherData(TransactionData.TypeDataStorage, null, Encoding.UTF8.GetBytes("{}"));
        Assert.Equal(TransactionRefusal.TypeNotAccepted, (await rig.SubmitAsync(Sign(rig, storage, 5))).Refusal);
        Assert.Equal(0, rig.Node.PendingCount);
    }

    [Fact]
    public async Task Every_flipped_bit_of_a_transaction_is_refused()
    {
        await using var rig = await EngineRig.StartAsync();
        var bytes = rig.Anchor(1).SignedBytes.ToArray();
        for (var bit = 0; bit < bytes.Length * 8; bit += 5)
        {
            var changed = (byte[])bytes.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False((await rig.Node.SubmitAsync(changed, CancellationToken.None)).IsAccepted, $"bit {bit}");
        }

        Assert.False((await rig.Node.SubmitAsync("""{"type":"payout"}"""u8.ToArray(), CancellationToken.None)).IsAccepted);
        Assert.Equal(0, rig.Node.PendingCount);
    }

    [Fact]
    public async Task A_signature_of_another_transaction_is_refused()
    {
        await using var rig = await EngineRig.StartAsync();
        var (mine, other) = (rig.Anchor(1), rig.Anchor(2));
        var forged = Encoding.UTF8.GetString(mine.SignedBytes.Span).Replace(mine.Signature.ToString(), other.Signature.ToString(), StringComparison.Ordinal);
        Assert.Equal(TransactionRefusal.SignatureInvalid, (await rig.Node.SubmitAsync(Encoding.UTF8.GetBytes(forged), CancellationToken.None)).Refusal);
    }

    [Fact]
    public async Task A_sender_may_have_two_hundred_transactions_waiting()
    {
        await using var rig = await EngineRig.StartAsync();
        for (var i = 1; i <= 200; i++)
        {
            Assert.True((await rig.SubmitAsync(rig.Anchor(i))).IsAccepted);
        }

        Assert.Equal(TransactionRefusal.SenderQuota, (await rig.SubmitAsync(rig.Anchor(201))).Refusal);
        await rig.NextSlotAsync();
        Assert.Equal(200, rig.Node.State.Head.Block.Transactions.Length);
        Assert.True((await rig.SubmitAsync(rig.Anchor(201))).IsAccepted);
    }

    [Fact]
    public async Task A_full_disk_refuses_a_transaction_and_takes_it_when_there_is_room()
    {
        await using var rig = await EngineRig.StartAsync();
        rig.Disk.Capacity = rig.Disk.UsedBytes + 10;
        Assert.Equal(TransactionRefusal.StorageUnavailable, (await rig.SubmitAsync(rig.Anchor(1))).Refusal);
        Assert.Equal(0, rig.Node.PendingCount);
        rig.Disk.Capacity = null;
        Assert.True((await rig.SubmitAsync(rig.Anchor(1))).IsAccepted);
    }

    private static Transaction Sign(EngineRig rig, TransactionData data, ulong nonce) =>
        Transaction.CreateSigned(rig.Chain.Genesis.NetworkId, data, rig.Chain.Anchoring, nonce, rig.Clock.GetUtcNow());
}
