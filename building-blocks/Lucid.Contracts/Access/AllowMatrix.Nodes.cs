using static Lucid.Contracts.Services.AppIds;

namespace Lucid.Contracts.Access;

/// <content>Cluster 05. Tallies and payout requests go by topic, never by call.</content>
public static partial class AllowMatrix
{
    private static IEnumerable<AllowRule> NodeCluster() =>
    [
        .. from caller in (string[])[SessionApi, SessionController]
           from rule in Rules(caller, NodeManagement,
               "POST /internal/v1/allocations", "DELETE /internal/v1/allocations/{allocation}", "POST /internal/v1/work-proofs/{node}")
           select rule,
        .. from template in (string[])[Routes.Engine.Blocks, Routes.Engine.LatestBlock, Routes.Engine.BlockByHeight, Routes.Engine.BlockById]
           select new AllowRule(NodeManagement, BlockchainEngine, "GET", template),
    ];
}
