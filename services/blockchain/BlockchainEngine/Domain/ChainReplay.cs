using Lucid.Evidence;

namespace Lucid.BlockchainEngine.Domain;

/// <summary>Builds the index of a chain from its blocks and verifies every link, signature and root on the way, on all cores.</summary>
internal static class ChainReplay
{
    // Long enough to keep the cores busy, short enough that the bodies held do not count (a block has at most a few MiB, an ordinary one 700 bytes).
    private const int RunBlocks = 256;
    private const int RunBytes = 16 << 20;

    /// <param name="stored">From genesis on, in order.</param>
    /// <exception cref="ChainDamageException">Naming the first block that does not verify.</exception>
    public static async Task<ChainState> RunAsync(Genesis genesis, IAsyncEnumerable<FinalBlock> stored, CancellationToken cancellationToken)
    {
        var state = new ChainState(genesis);
        var run = new List<FinalBlock>(RunBlocks);
        long bytes = 0;
        await foreach (var block in stored.WithCancellation(cancellationToken))
        {
            if (block.Header.Height == 0)
            {
                CheckGenesis(genesis, block);
                continue;
            }

            run.Add(block);
            bytes += block.Block.EncodedSize;
            if (run.Count == RunBlocks || bytes > RunBytes || ChangesKeys(block))
            {
                Extend(state, run);
                run.Clear();
                bytes = 0;
            }
        }

        Extend(state, run);
        return state;
    }

    // A run ends with the first block that changes keys, so all of it is judged by the same ones.
    private static bool ChangesKeys(FinalBlock block) => block.Block.Transactions.Any(transaction => transaction.Data is GovernanceData);

    private static void Extend(ChainState state, List<FinalBlock> run)
    {
        var head = state.Head;
        var faults = new EvidenceException?[run.Count];
        Parallel.For(0, run.Count, i =>
        {
            try
            {
                BlockCheck.CheckAlone(run[i], i == 0 ? head : run[i - 1], state);
            }
            catch (EvidenceException refused)
            {
                faults[i] = refused;
            }
        });
        for (var i = 0; i < run.Count; i++)
        {
            try
            {
                if (faults[i] is { } refused)
                {
                    throw refused;
                }

                BlockCheck.CheckAgainst(run[i], state);
            }
            catch (EvidenceException refused)
            {
                throw new ChainDamageException($"Block {run[i].Header.Height} of the log does not verify: {refused.Message} Restore BLOCK_STORAGE_PATH from a copy.", refused);
            }

            state.Append(run[i]);
        }
    }

    private static void CheckGenesis(Genesis genesis, FinalBlock block)
    {
        if (block.Header.Hash() != genesis.Hash)
        {
            throw new ChainDamageException($"The block log belongs to the chain of genesis {block.Header.Hash()}, not to {genesis.Hash}. Set GENESIS_FILE or BLOCK_STORAGE_PATH to match.");
        }
    }
}
