using static Lucid.Contracts.Access.RouteAccess;
using static Lucid.Contracts.Services.AppIds;

namespace Lucid.Contracts.Access;

/// <content>Cluster 05 (§4). What a node itself sends is signed with its key: the owner looks at that, the edge at its operator's token.</content>
public static partial class PublicRouteTable
{
    private static IEnumerable<PublicRoute> NodeRoutes() =>
    [
        .. Same(NodeManagement, Public, "GET /poot/tallies/{epoch}", "GET /poot/tallies/{epoch}/{node}/proof"),
        .. Same(NodeManagement, User,
            "GET /pools", "GET /pools/{pool}",
            "GET /nodes/{node}/poot/score", "GET /nodes/{node}/poot/history", "GET /poot/scores", "GET /poot/leaderboard", "GET /poot/statistics",
            "POST /poot/validate", "GET /payouts/threshold"),
        .. Same(NodeManagement, NodeOperator,
            "GET /nodes", "POST /nodes", "GET /nodes/{node}", "PUT /nodes/{node}", "DELETE /nodes/{node}", "GET /nodes/{node}/status",
            "POST /nodes/{node}/start", "POST /nodes/{node}/stop", "POST /nodes/{node}/restart",
            "POST /nodes/{node}/registration/proof", "POST /nodes/{node}/heartbeat", "POST /nodes/{node}/keys/rotate",
            "POST /pools", "PUT /pools/{pool}", "GET /pools/{pool}/nodes", "POST /pools/{pool}/nodes", "DELETE /pools/{pool}/nodes/{node}", "POST /pools/{pool}/scale",
            "GET /nodes/{node}/resources", "GET /nodes/{node}/resources/metrics", "GET /nodes/{node}/resources/alerts", "PUT /nodes/{node}/resources/thresholds",
            "GET /nodes/{node}/poot/challenge", "POST /nodes/{node}/poot/validate", "POST /nodes/{node}/poot/proofs", "POST /poot/batch-validate",
            "GET /payouts", "GET /payouts/{payout}", "POST /payouts/{payout}/cancel",
            "GET /nodes/{node}/payouts", "POST /nodes/{node}/payouts", "GET /nodes/{node}/earnings"),
        .. Same(NodeManagement, Admin,
            "POST /nodes/{node}/suspend", "POST /nodes/{node}/resume", "DELETE /pools/{pool}",
            "POST /nodes/{node}/resources/allocate", "DELETE /nodes/{node}/resources/allocations/{allocation}", "GET /resources/summary", "POST /poot/calculate",
            "POST /payouts/batch", "GET /payouts/batch/{batch}", "POST /payouts/{payout}/approve", "POST /payouts/{payout}/reject",
            "GET /payouts/schedule", "POST /payouts/schedule", "GET /payouts/history", "GET /payouts/stats", "GET /payouts/queue"),
    ];
}
