using Lucid.BlockchainEngine.Domain;
using Lucid.Evidence;
using Lucid.Simulation;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Lucid.BlockchainEngine.Tests.Support;

/// <summary>An engine on a simulated disk with a clock that the test moves; it can crash and be opened again.</summary>
internal sealed class EngineRig(ulong seed = 1) : IAsyncDisposable
{
    public const string Directory = "/blocks";

    private ChainNode? node;

    public TestChain Chain { get; init; } = new();

    public SimulatedFileSystem Disk { get; } = new(seed);

    public FakeTimeProvider Clock { get; } = new(TestChain.Start.AddMilliseconds(1));

    public MemoryFence Fence { get; init; } = new();

    public ChainNode Node => node!;

    public static async Task<EngineRig> StartAsync(ulong seed = 1)
    {
        var rig = new EngineRig(seed);
        await rig.OpenAsync();
        return rig;
    }

    public async Task<ChainNode> OpenAsync(Ed25519Key? key = null, bool observe = false) => node = await ChainNode.OpenAsync(
        Chain.Genesis, Directory, Disk, Fence.Open(), observe ? null : key ?? Chain.Authority, Clock, NullLogger<ChainNode>.Instance, CancellationToken.None);

    /// <summary>Moves the clock into the next slot and produces.</summary>
    public Task<ProduceOutcome> NextSlotAsync(int slots = 1)
    {
        Clock.Advance(TimeSpan.FromSeconds(slots));
        return Node.ProduceAsync(CancellationToken.None);
    }

    public Task<SubmitOutcome> SubmitAsync(Transaction transaction) => Node.SubmitAsync(transaction.SignedBytes, CancellationToken.None);

    public Transaction Anchor(int session) => Chain.Anchor(session, Clock.GetUtcNow());

    public async Task CloseAsync()
    {
        if (node is not null)
        {
            await node.DisposeAsync();
            node = null;
        }
    }

    /// <summary>Every block of the chain, from the log.</summary>
    public async Task<List<FinalBlock>> BlocksAsync()
    {
        var blocks = new List<FinalBlock>();
        for (long height = 0; await Node.ReadBlockAsync(height, CancellationToken.None) is { } block; height++)
        {
            blocks.Add(block);
        }

        return blocks;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Chain.Dispose();
    }
}
