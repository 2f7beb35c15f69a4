using System.Collections.Immutable;
using Lucid.Evidence;

namespace Lucid.BlockchainEngine.Domain;

/// <summary>Makes the block of a slot on top of the head.</summary>
internal static class BlockAssembly
{
    /// <summary>Bytes the body of the next block may have.</summary>
    public static int RoomFor(ChainState state) =>
        state.Genesis.Limits.BlockSizeBytes - BlockHeader.Size - Signature64.Size - state.Head.Commit.EncodedSize;

    /// <summary>Proposes and, where one vote is the quorum, finalises: the two phases collapse to one signed append (02 §9.6).</summary>
    public static FinalBlock Seal(
        ChainState state, long slot, long timestampMs, byte rank, ImmutableArray<Transaction> transactions, Ed25519Key key)
    {
        var genesis = state.Genesis;
        var parent = state.Head;
        var height = parent.Header.Height + 1;
        var header = new BlockHeader(
            genesis.NetworkId,
            height,
            slot,
            timestampMs,
            state.HeadHash,
            Block.MerkleRootOf(transactions),
            state.HistoryRoot(height),
            parent.Commit.Hash(),
            state.AuthorityAtSlot(slot).Hash(),
            WorkTallyRoot: Digest.Zero,
            (uint)transactions.Length,
            (uint)Block.BodySizeOf(transactions),
            key.PublicKey.Id,
            rank);
        var block = Block.Create(header, parent.Commit, transactions, key);
        var precommit = Vote.Sign(genesis.NetworkId, height, slot, VotePhase.Precommit, header.Hash(), key);
        return new FinalBlock(block, Commit.From([precommit]));
    }
}
