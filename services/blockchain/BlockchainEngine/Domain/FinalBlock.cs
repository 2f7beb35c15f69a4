using Lucid.Evidence;

namespace Lucid.BlockchainEngine.Domain;

/// <summary>A block with the commit that made it final. Genesis is final without votes: its commit is empty.</summary>
public sealed record FinalBlock(Block Block, Commit Commit)
{
    public BlockHeader Header => Block.Header;

    public static FinalBlock Of(Genesis genesis) => new(genesis.Block, new Commit(0, 0, genesis.Hash, []));
}
