using Lucid.BlockchainEngine.Domain;
using Lucid.BlockchainEngine.Tests.Support;
using Lucid.Evidence;

namespace Lucid.BlockchainEngine.Tests;

/// <summary>What a start verifies of a log that is whole: somebody who can write the log can also write its checksums.</summary>
public sealed class ReplayTests : IAsyncLifetime
{
    private const int Blocks = 300; // more than one run of blocks that are verified together

    private EngineRig rig = null!;

    public async ValueTask InitializeAsync() => rig = await EngineRig.StartAsync();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task A_forged_signature_anywhere_is_refused_and_its_block_named()
    {
        var (chain, blocks) = await ChainAsync();
        var bad = new Signature64(new byte[64]);
        foreach (var height in (int[])[1, 2, 256, 257, 300])
        {
            var good = blocks[height];
            var vote = good.Commit.Precommits.Single();
            var forgeries = new Dictionary<string, FinalBlock>
            {
                ["block"] = good with { Block = good.Block with { Signature = bad } },
                ["commit"] = good with { Commit = good.Commit with { Precommits = [vote with { Signature = bad }] } },
                ["no commit"] = good with { Commit = good.Commit with { Precommits = [] } },
                ["another's commit"] = good with { Commit = blocks[height - 1].Commit },
            };
            foreach (var (what, forged) in forgeries)
            {
                var refusal = await Record.ExceptionAsync(() => ReplayAsync(chain, [.. blocks[..height], forged, .. blocks[(height + 1)..]]));
                Assert.True(
                    refusal is ChainDamageException && refusal.Message.StartsWith($"Block {height} of the log does not verify", StringComparison.Ordinal),
                    $"{what} of block {height}: {refusal?.Message ?? "accepted"}");
            }
        }
    }

    [Fact]
    public async Task An_embedded_commit_that_is_not_the_one_verified_with_the_parent_is_verified_itself()
    {
        var (chain, blocks) = await ChainAsync();
        var good = blocks[280];
        var commit = good.Block.LastCommit! with { Precommits = [good.Block.LastCommit.Precommits.Single() with { Signature = new Signature64(new byte[64]) }] };
        var forged = Block.Create(good.Header with { LastCommitHash = commit.Hash() }, commit, good.Block.Transactions, chain.Authority);
        var refusal = await Assert.ThrowsAsync<ChainDamageException>(() => ReplayAsync(chain, [.. blocks[..280], good with { Block = forged }]));
        Assert.Contains("The precommit of", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_bad_blocks_the_first_is_named()
    {
        var (chain, blocks) = await ChainAsync();
        foreach (var height in (int[])[270, 280])
        {
            blocks[height] = blocks[height] with { Commit = blocks[height].Commit with { Precommits = [] } };
        }

        var refusal = await Assert.ThrowsAsync<ChainDamageException>(() => ReplayAsync(chain, blocks));
        Assert.StartsWith("Block 270 ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_left_out_a_repeated_and_a_swapped_block_are_refused()
    {
        var (chain, blocks) = await ChainAsync();
        List<FinalBlock>[] logs =
        [
            [.. blocks[..200], .. blocks[201..]],
            [.. blocks[..257], .. blocks[256..]],
            [.. blocks[..270], blocks[271], blocks[270], .. blocks[272..]],
        ];
        foreach (var log in logs)
        {
            await Assert.ThrowsAsync<ChainDamageException>(() => ReplayAsync(chain, log));
        }
    }

    [Fact]
    public async Task The_index_after_a_replay_is_that_of_the_engine_that_made_the_blocks_over_a_change_of_keys_too()
    {
        using var successor = TestChain.KeyOf(50);
        for (var i = 1; i <= 40; i++)
        {
            await rig.SubmitAsync(rig.Anchor(i));
            await rig.NextSlotAsync();
        }

        var change = new KeyRotationData(KeyRole.Anchoring, [successor.PublicKey], [rig.Chain.Anchoring.PublicKey], [], [], 1, "yearly", []);
        change = change with { Approvals = [change.Approve(rig.Chain.Genesis.NetworkId, rig.Chain.Governor)] };
        await rig.SubmitAsync(Transaction.CreateSigned(rig.Chain.Genesis.NetworkId, change, rig.Chain.Governor, 1, rig.Clock.GetUtcNow()));
        await rig.NextSlotAsync();
        await rig.NextSlotAsync(86_400);
        await rig.SubmitAsync(rig.Chain.Anchor(41, rig.Clock.GetUtcNow(), sender: successor));
        await rig.NextSlotAsync();

        var again = await ReplayAsync(rig.Chain, await rig.BlocksAsync());
        Assert.Equal(rig.Node.State.HeadHash, again.HeadHash);
        Assert.Equal(42, again.TotalTransactions - 1);
        Assert.Equal(rig.Node.State.HistoryRoot(again.Height), again.HistoryRoot(again.Height));
        Assert.Equal(rig.Node.State.Authority.Active.Hash(), again.Authority.Active.Hash());
        Assert.True(again.IsAnchored(TestChain.SessionOf(41)));
    }

    private async Task<(TestChain Chain, List<FinalBlock> Blocks)> ChainAsync()
    {
        for (var height = 1; height <= Blocks; height++)
        {
            if (height % 50 == 0)
            {
                await rig.SubmitAsync(rig.Anchor(height));
            }

            Assert.Equal(ProduceOutcome.Produced, await rig.NextSlotAsync());
        }

        return (rig.Chain, await rig.BlocksAsync());
    }

    private static Task<ChainState> ReplayAsync(TestChain chain, List<FinalBlock> blocks) =>
        ChainReplay.RunAsync(chain.Genesis, blocks.ToAsyncEnumerable(), CancellationToken.None);
}
