using Lucid.BlockchainEngine.Domain;
using Lucid.BlockchainEngine.Tests.Support;
using Lucid.Evidence;
using Lucid.Journal;
using Lucid.Simulation;

namespace Lucid.BlockchainEngine.Tests;

public sealed class CrashTests
{
    private const int Slots = 4;

    [Fact]
    public async Task A_power_cut_at_any_write_leaves_no_gap_no_second_signature_and_no_lost_transaction()
    {
        var operations = await CountOperationsAsync();
        for (long crashAt = 1; crashAt <= operations; crashAt++)
        {
            await CrashAsync(crashAt, seed: (ulong)crashAt, losePower: true);
            await CrashAsync(crashAt, seed: (ulong)crashAt, losePower: false);
        }
    }

    [Fact]
    public async Task A_changed_byte_anywhere_in_the_log_is_refused_at_start()
    {
        await using var rig = await EngineRig.StartAsync();
        await rig.SubmitAsync(rig.Anchor(1));
        for (var i = 0; i < 4; i++)
        {
            await rig.NextSlotAsync();
        }

        await rig.CloseAsync();
        const string Segment = EngineRig.Directory + "/log/00000000000000000000.journal";
        var bytes = rig.Disk.ReadAll(Segment);
        for (var at = 0; at < bytes.Length; at += 61)
        {
            var changed = (byte[])bytes.Clone();
            changed[at] ^= 0x10;
            rig.Disk.Replace(Segment, changed);
            var refusal = await Record.ExceptionAsync(() => rig.OpenAsync());
            Assert.True(refusal is ChainDamageException or JournalException, $"byte {at}: {refusal?.GetType().Name ?? "opened"}");
        }

        rig.Disk.Replace(Segment, bytes);
        await rig.OpenAsync();
        Assert.Equal(4, rig.Node.State.Height);
    }

    [Fact]
    public async Task A_log_that_lost_acknowledged_blocks_is_refused_with_what_to_restore()
    {
        await using var rig = await EngineRig.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            await rig.NextSlotAsync();
        }

        await rig.CloseAsync();
        var lost = await CutLastRecordAsync(rig);
        var refusal = await Assert.ThrowsAsync<ChainDamageException>(() => rig.OpenAsync());
        Assert.Contains($"block {lost} was acknowledged", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("BLOCK_STORAGE_PATH", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_without_its_head_in_the_state_store_and_a_head_without_its_log_are_refused()
    {
        await using var rig = await EngineRig.StartAsync();
        await rig.NextSlotAsync();
        await rig.CloseAsync();
        var head = rig.Fence.Head;
        rig.Fence.Head = null;
        await Assert.ThrowsAsync<ChainDamageException>(() => rig.OpenAsync());

        await using var empty = new EngineRig(2) { Chain = rig.Chain };
        empty.Fence.Head = head;
        await Assert.ThrowsAsync<ChainDamageException>(() => empty.OpenAsync());
    }

    [Fact]
    public async Task A_log_of_another_chain_is_refused()
    {
        await using var rig = await EngineRig.StartAsync();
        await rig.CloseAsync();
        using var other = new TestChain("another");
        var refusal = await Assert.ThrowsAsync<ChainDamageException>(() => ChainNode.OpenAsync(
            other.Genesis, EngineRig.Directory, rig.Disk, new MemoryFence().Open(), other.Authority, rig.Clock,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<ChainNode>.Instance, CancellationToken.None));
        Assert.Contains("genesis", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_flush_stops_the_engine_and_a_restart_goes_on_without_a_second_block()
    {
        await using var rig = await EngineRig.StartAsync();
        await rig.NextSlotAsync();
        rig.Disk.FailingFlushes = 1;
        Assert.Equal(ProduceOutcome.Stopped, await rig.NextSlotAsync());
        Assert.Equal(ProduceOutcome.Stopped, await rig.NextSlotAsync());
        Assert.Equal(1, rig.Node.State.Height);
        await rig.CloseAsync();
        await rig.OpenAsync();
        Assert.Equal(ProduceOutcome.Produced, await rig.NextSlotAsync());
        var blocks = await rig.BlocksAsync();
        Assert.Equal(blocks.Count, blocks.Select(b => b.Header.Slot).Distinct().Count());
    }

    [Fact]
    public async Task A_full_disk_costs_slots_and_nothing_else()
    {
        await using var rig = await EngineRig.StartAsync();
        rig.Disk.Capacity = rig.Disk.UsedBytes + 100;
        Assert.Equal(ProduceOutcome.StorageUnavailable, await rig.NextSlotAsync());
        rig.Disk.Capacity = null;
        Assert.Equal(ProduceOutcome.Produced, await rig.NextSlotAsync());
        Assert.Equal((1L, 2L), (rig.Node.State.Height, rig.Node.State.Head.Header.Slot));
    }

    [Fact]
    public async Task Reverification_reads_everything_again()
    {
        await using var rig = await EngineRig.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            await rig.NextSlotAsync();
        }

        Assert.Equal(5, await rig.Node.ReverifyAsync(CancellationToken.None));
    }

    private static async Task<long> CountOperationsAsync()
    {
        await using var rig = new EngineRig();
        await RunAsync(rig, new Witness());
        return rig.Disk.Operations;
    }

    private static async Task CrashAsync(long crashAt, ulong seed, bool losePower)
    {
        await using var rig = new EngineRig(seed);
        var seen = new Witness();
        rig.Disk.CrashAtOperation = crashAt;
        try
        {
            await RunAsync(rig, seen);
        }
        catch (Exception e) when (e is SimulatedCrashException or JournalException || rig.Disk.HasCrashed)
        {
            // the machine stopped
        }

        if (losePower)
        {
            rig.Disk.LosePower();
        }
        else
        {
            rig.Disk.KillProcesses();
        }

        await rig.OpenAsync();
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(ProduceOutcome.Produced, await rig.NextSlotAsync());
            seen.See(rig.Node.State.Head);
        }

        var blocks = await rig.BlocksAsync();
        Assert.Equal(Enumerable.Range(0, blocks.Count).Select(i => (long)i), blocks.Select(b => b.Header.Height));
        Assert.All(blocks, seen.See); // what anybody was shown before the crash is still the block of its height and slot
        foreach (var id in seen.Accepted)
        {
            Assert.Single(blocks.SelectMany(b => b.Block.Transactions), t => t.Id == id);
        }

        Assert.Equal(rig.Fence.Reserved.Count, rig.Fence.Reserved.Select(r => r.Slot).Distinct().Count());
    }

    private static async Task RunAsync(EngineRig rig, Witness seen)
    {
        await rig.OpenAsync();
        for (var i = 1; i <= Slots; i++)
        {
            var anchor = rig.Anchor(i);
            if ((await rig.SubmitAsync(anchor)).IsAccepted)
            {
                seen.Accepted.Add(anchor.Id);
            }

            if (await rig.NextSlotAsync() == ProduceOutcome.Produced)
            {
                seen.See(rig.Node.State.Head);
            }
        }
    }

    private static async Task<long> CutLastRecordAsync(EngineRig rig)
    {
        const string Segment = EngineRig.Directory + "/log/00000000000000000000.journal";
        var bytes = rig.Disk.ReadAll(Segment);
        rig.Disk.Replace(Segment, bytes[..^30]);
        await using var log = await SegmentedLog.OpenAsync(EngineRig.Directory + "/log", new JournalOptions { FileSystem = rig.Disk }, CancellationToken.None);
        return log.EndIndex;
    }

    /// <summary>Everything that was shown outside: blocks by height and slot, and the transactions that were acknowledged.</summary>
    private sealed class Witness
    {
        private readonly Dictionary<long, Digest> byHeight = [];
        private readonly Dictionary<long, Digest> bySlot = [];

        public List<Digest> Accepted { get; } = [];

        public void See(FinalBlock block)
        {
            var hash = block.Header.Hash();
            Assert.Equal(hash, byHeight.TryGetValue(block.Header.Height, out var same) ? same : byHeight[block.Header.Height] = hash);
            Assert.Equal(hash, bySlot.TryGetValue(block.Header.Slot, out var other) ? other : bySlot[block.Header.Slot] = hash);
        }
    }
}
