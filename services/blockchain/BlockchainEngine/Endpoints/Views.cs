using System.Collections.Immutable;
using Lucid.BlockchainEngine.Domain;
using Lucid.Contracts.Chain;
using Lucid.Contracts.Errors;
using Lucid.Evidence;
using Lucid.ServiceDefaults;

namespace Lucid.BlockchainEngine.Endpoints;

/// <summary>Answers made of what the chain holds.</summary>
internal static class Views
{
    public static DateTimeOffset Time(long timestampMs) => DateTimeOffset.FromUnixTimeMilliseconds(timestampMs);

    public static IReadOnlyList<string> Hex(IEnumerable<Digest> path) => [.. path.Select(hash => hash.ToString())];

    public static IReadOnlyList<PrecommitView> Precommits(Commit commit) =>
        [.. commit.Precommits.Select(p => new PrecommitView(p.ValidatorId.ToString(), p.Signature.ToString()))];

    public static BlockSummary Summary(long height, BlockEntry entry) => new(
        entry.Hash.ToString(), height, entry.Hash.ToString(), Time(entry.TimestampMs), entry.TransactionCount, entry.Size, entry.Producer.ToString());

    public static BlockDetails Details(FinalBlock final)
    {
        var header = final.Header;
        var hash = header.Hash().ToString();
        return new BlockDetails(
            hash, header.Height, hash, header.PreviousHash.ToString(), header.MerkleRoot.ToString(), header.HistoryRoot.ToString(), header.Time, header.Slot,
            header.ProducerRank, Nonce: 0, Difficulty: 1, header.TransactionCount, final.Block.EncodedSize, Transactions(final.Block.Transactions),
            header.Producer.ToString(), header.Producer.ToString(), final.Block.Signature.ToString(), Precommits(final.Commit), "confirmed");
    }

    public static IResult NoBlock() => LucidResults.Error(ChainErrors.BlockNotFound, "The chain has no such block; see /chain/height.", "block_not_found");

    public static IResult BadHex(string name) => LucidResults.Error(LucidErrors.BadFormat, $"{name} must be 64 lower-case hex digits.", "bad_hash");

    private static IReadOnlyList<TransactionSummary> Transactions(ImmutableArray<Transaction> transactions) =>
        [.. transactions.Select(t => new TransactionSummary(t.Id.ToString(), t.Data.Type, t.Sender.ToString(), t.SignedBytes.Length))];
}
