using Lucid.BlockchainEngine.Domain;
using Lucid.Contracts;
using Lucid.Contracts.Access;
using Lucid.Contracts.Chain;
using Lucid.Contracts.Errors;
using Lucid.Evidence;
using Lucid.ServiceDefaults;

namespace Lucid.BlockchainEngine.Endpoints;

/// <summary>Final blocks (02 §4.2).</summary>
public static class BlockEndpoints
{
    private const int MaxLimit = 100;

    public static void MapBlocks(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("Blocks");
        group.MapGet(Routes.Engine.Blocks, List).WithName("ListBlocks").Produces<BlockPage>().WithSummary("Blocks, newest first unless sort says otherwise");
        group.MapPost(Routes.Engine.Blocks, Refuse).WithName("PostBlock").WithSummary("Refused: blocks come from the elected proposer only");
        group.MapGet(Routes.Engine.LatestBlock, LatestAsync).WithName("GetLatestBlock").Produces<BlockDetails>().WithSummary("The newest final block");
        group.MapGet(Routes.Engine.BlockByHeight, ByHeightAsync).WithName("GetBlockByHeight").Produces<BlockDetails>().WithSummary("The block at a height");
        group.MapGet(Routes.Engine.BlockById, ByIdAsync).WithName("GetBlock").Produces<BlockDetails>().WithSummary("The block with this hash");
        group.MapGet(Routes.Engine.BlockProof, ProofAsync)
            .WithName("GetBlockProof").Produces<BlockProofView>().WithSummary("Header, commit and inclusion in the history tree");
    }

    private static IResult Refuse() => LucidResults.Error(LucidErrors.Forbidden, "Blocks come only from the elected proposer on the peer channel.", "blocks_not_accepted");

    private static IResult List(
        ChainNode node, int page = 1, int limit = 20, long? height_from = null, long? height_to = null, long? from_height = null, long? to_height = null,
        string? hash = null, string sort = "height_desc")
    {
        if (page < 1 || limit is < 1 or > MaxLimit || (height_from ?? from_height) is < 0 || (height_to ?? to_height) is < 0)
        {
            return LucidResults.Error(LucidErrors.OutOfRange, $"page is at least 1, limit 1 to {MaxLimit}, heights at least 0.", "bad_page");
        }

        // Time grows with height, so both sort keys give the same order.
        if (sort is not ("height_desc" or "height_asc" or "timestamp_desc" or "timestamp_asc"))
        {
            return LucidResults.Error(LucidErrors.BadFormat, "sort is height_asc, height_desc, timestamp_asc or timestamp_desc.", "bad_sort");
        }

        var state = node.State;
        var first = height_from ?? from_height ?? 0;
        var last = Math.Min(height_to ?? to_height ?? long.MaxValue, state.Height);
        if (hash is not null)
        {
            if (!Digest.TryParse(hash, out var digest))
            {
                return Views.BadHex("hash");
            }

            (first, last) = state.HeightOf(digest) is { } only && only >= first && only <= last ? (only, only) : (1, 0);
        }

        var total = Math.Max(0, last - first + 1);
        var skip = (page - 1L) * limit;
        var count = Math.Clamp(total - skip, 0, limit);
        var isDescending = sort.EndsWith("_desc", StringComparison.Ordinal);
        var blocks = new List<BlockSummary>();
        for (long i = skip; i < skip + count; i++)
        {
            var height = isDescending ? last - i : first + i;
            state.TryGetBlock(height, out var entry);
            blocks.Add(Views.Summary(height, entry));
        }

        return TypedResults.Ok(new BlockPage(blocks, Pagination.Of(page, limit, total)));
    }

    private static Task<IResult> LatestAsync(ChainNode node, CancellationToken cancellationToken) => ByHeightAsync(node.State.Height, node, cancellationToken);

    private static async Task<IResult> ByHeightAsync(long height, ChainNode node, CancellationToken cancellationToken) =>
        await node.ReadBlockAsync(height, cancellationToken) is { } block ? TypedResults.Ok(Views.Details(block)) : Views.NoBlock();

    private static async Task<IResult> ByIdAsync(string block, ChainNode node, CancellationToken cancellationToken)
    {
        if (!Digest.TryParse(block, out var hash))
        {
            return Views.BadHex("block_id");
        }

        return node.State.HeightOf(hash) is { } height ? await ByHeightAsync(height, node, cancellationToken) : Views.NoBlock();
    }

    private static async Task<IResult> ProofAsync(string block, ChainNode node, CancellationToken cancellationToken, long? tree_size = null)
    {
        if (!Digest.TryParse(block, out var hash))
        {
            return Views.BadHex("block_id");
        }

        if (node.State.HeightOf(hash) is not { } height || await node.ReadBlockAsync(height, cancellationToken) is not { } final)
        {
            return Views.NoBlock();
        }

        var size = tree_size ?? node.State.Height;
        if (tree_size is not null && (size <= height || size > node.State.Height))
        {
            return LucidResults.Error(LucidErrors.OutOfRange, $"tree_size must be {height + 1} to {node.State.Height}: a signed head covers the blocks before it.", "bad_tree_size");
        }

        var isCovered = size > height;
        return TypedResults.Ok(new BlockProofView(
            Convert.ToBase64String(final.Header.Encode()),
            final.Block.Signature.ToString(),
            Convert.ToBase64String(final.Commit.Encode()),
            height,
            isCovered ? size : null,
            isCovered ? node.State.HistoryRoot(size).ToString() : null,
            isCovered ? Views.Hex(node.State.InclusionPath(height, size)) : null));
    }
}
