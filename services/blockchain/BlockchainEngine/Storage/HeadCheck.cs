using Lucid.BlockchainEngine.Domain;

namespace Lucid.BlockchainEngine.Storage;

/// <summary>Compares the log with what is known about the chain elsewhere. A log that lost its end looks like one after a crash.</summary>
internal static class HeadCheck
{
    /// <exception cref="ChainDamageException">Log and head belong to different histories; says what to restore.</exception>
    public static void Check(ChainState state, ChainHead? head)
    {
        var height = state.Height;
        if (head is null)
        {
            Require(height == 0, $"The block log has {height} blocks, but the state store knows no head of this chain: it is empty or of another installation. Restore the state store.");
            return;
        }

        Require(
            height >= head.Height && height >= head.ReservedHeight - 1,
            $"The block log ends at block {height}, but block {Math.Max(head.Height, head.ReservedHeight - 1)} was acknowledged: the end of the log is lost. Restore BLOCK_STORAGE_PATH from a copy.");
        state.TryGetBlock(head.Height, out var block);
        Require(
            block.Hash.ToString() == head.Hash,
            $"Block {head.Height} of the log is {block.Hash}, but {head.Hash} was acknowledged: these are two histories. Restore BLOCK_STORAGE_PATH or the state store, whichever is wrong.");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ChainDamageException(otherwise);
        }
    }
}
