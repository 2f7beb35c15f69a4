using System.Text.Json;
using Lucid.BlockchainEngine.Domain;
using Lucid.Contracts.Access;
using Lucid.Contracts.Chain;
using Lucid.Contracts.Errors;
using Lucid.Evidence;
using Lucid.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lucid.BlockchainEngine.Endpoints;

/// <summary>The chain as a whole (02 §4.1).</summary>
public static class ChainEndpoints
{
    private const int StalledAfterSlots = 3;
    private const int RateWindow = 100;

    public static void MapChain(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("Chain");
        group.MapGet(Routes.Engine.Info, Info).WithName("GetChainInfo").WithSummary("Name, network id and size of the chain");
        group.MapGet(Routes.Engine.ChainStatus, Status).WithName("GetChainStatus").WithSummary("Whether blocks are being produced");
        group.MapGet(Routes.Engine.ChainHeight, Height).WithName("GetChainHeight").WithSummary("Height of the newest final block");
        group.MapGet(Routes.Engine.Genesis, GetGenesis).WithName("GetGenesis").Produces<JsonElement>().WithSummary("The canonical genesis document");
        group.MapGet(Routes.Engine.TreeHead, TreeHeadAsync)
            .WithName("GetTreeHead").Produces<TreeHeadView>().WithSummary("A signed head of the history tree (RFC 9162 §2)");
        group.MapGet(Routes.Engine.Consistency, Consistency)
            .WithName("GetConsistency").Produces<ConsistencyView>().WithSummary("Consistency proof between two heads (RFC 9162 §2.1.4)");
        group.MapGet(Routes.Engine.Validators, Validators).WithName("GetValidators").Produces<ValidatorsView>().WithSummary("Who votes in an epoch");
    }

    private static Ok<ChainInfo> Info(ChainNode node, ServiceRuntime runtime)
    {
        var genesis = node.Genesis;
        return TypedResults.Ok(new ChainInfo(
            genesis.NetworkName, genesis.NetworkId.ToString(), runtime.Version, "PoOT", genesis.SlotSeconds, genesis.SlotSeconds, node.State.Height,
            genesis.Hash.ToString(), node.State.TotalTransactions));
    }

    private static Ok<ChainStatus> Status(ChainNode node, TimeProvider clock)
    {
        var head = node.State.Head.Header;
        var authority = node.State.AuthorityAtSlot(head.Slot);
        var isStalled = (long)node.Genesis.SlotOf(clock.GetUtcNow()) - head.Slot > StalledAfterSlots;
        return TypedResults.Ok(new ChainStatus(
            node.IsStopped || isStalled ? "error" : "healthy", head.Height, head.Height, SyncPercentage: 100, head.Time, PeerCount: 0,
            authority.Voters.Length, BlocksPerMinute(node.State), authority.IsBootstrap ? "bootstrap" : "poot", Role(node)));
    }

    private static string Role(ChainNode node) => node switch
    {
        { IsStopped: true } => "stopped",
        { IsPaused: true } => "paused",
        { IsProducer: true } => "producer",
        _ => "observer",
    };

    private static double BlocksPerMinute(ChainState state)
    {
        var height = state.Height;
        var count = Math.Min(height, RateWindow);
        return state.TryGetBlock(height - count, out var first) && state.TryGetBlock(height, out var last) && last.TimestampMs > first.TimestampMs
            ? Math.Round(count * 60_000d / (last.TimestampMs - first.TimestampMs), 3)
            : 0;
    }

    private static Ok<ChainHeight> Height(ChainNode node) => TypedResults.Ok(new ChainHeight(node.State.Height, node.State.Head.Header.Time));

    private static FileContentHttpResult GetGenesis(ChainNode node) => TypedResults.Bytes(node.Genesis.Json.ToArray(), "application/json");

    private static async Task<IResult> TreeHeadAsync(ChainNode node, CancellationToken cancellationToken, long? height = null)
    {
        if (await node.ReadBlockAsync(height ?? node.State.Height, cancellationToken) is not { } block)
        {
            return Views.NoBlock();
        }

        var header = block.Header;
        return TypedResults.Ok(new TreeHeadView(
            header.Height, header.HistoryRoot.ToString(), header.Height, header.Hash().ToString(), header.Time, header.Producer.ToString(),
            Views.Precommits(block.Commit), header.NetworkId.ToString()));
    }

    private static IResult Consistency(ChainNode node, long first, long second)
    {
        if (first < 1 || second < first)
        {
            return LucidResults.Error(LucidErrors.OutOfRange, "first must be at least 1 and second at least first.", "bad_range");
        }

        var state = node.State;
        return second > state.Height
            ? Views.NoBlock()
            : TypedResults.Ok(new ConsistencyView(
                first, second, state.HistoryRoot(first).ToString(), state.HistoryRoot(second).ToString(), Views.Hex(state.ConsistencyPath(first, second))));
    }

    private static IResult Validators(ChainNode node, TimeProvider clock, long? epoch = null)
    {
        var current = node.Genesis.EpochOf(node.Genesis.SlotOf(clock.GetUtcNow()));
        if (epoch is < 0 || epoch > current)
        {
            return LucidResults.Error(LucidErrors.OutOfRange, $"epoch must be 0 to {current}.", "bad_epoch");
        }

        var set = node.State.AuthorityAt(epoch ?? current);
        var names = set.Validators.ToDictionary(v => v.Key, v => v.NodeId);
        return TypedResults.Ok(new ValidatorsView(
            epoch ?? current,
            [.. set.Voters.Select(key => new ValidatorView(key.Id.ToString(), names.GetValueOrDefault(key, "authority"), key.ToString(), node.State.VoterSince(key)))],
            set.Hash().ToString(),
            set.Quorum));
    }
}
