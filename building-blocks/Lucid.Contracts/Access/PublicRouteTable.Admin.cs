using static Lucid.Contracts.Access.RouteAccess;
using static Lucid.Contracts.Services.AppIds;

namespace Lucid.Contracts.Access;

/// <content>Cluster 06 (§6). The console decides on permissions; the edge lets administrators through, and to emergencies only the highest role with a fresh factor.</content>
public static partial class PublicRouteTable
{
    private static IEnumerable<PublicRoute> AdminRoutes() =>
    [
        .. Same(AdminInterface, Public, "POST /admin/auth/login", "POST /admin/auth/refresh").Select(route => route with { Limit = "auth-login", TimeoutSeconds = 10 }),
        .. Same(AdminInterface, Admin,
            "POST /admin/auth/logout", "GET /admin/auth/me", "POST /admin/auth/step-up",
            "GET /admin/rbac/roles", "POST /admin/rbac/roles", "PUT /admin/rbac/roles/{role}", "DELETE /admin/rbac/roles/{role}",
            "GET /admin/rbac/permissions", "GET /admin/rbac/users/{user}/effective",
            "GET /admin/dashboard/overview", "GET /admin/dashboard/metrics", "GET /admin/dashboard/activity", "GET /admin/stream", "POST /admin/stream/ticket",
            "GET /admin/users", "POST /admin/users", "GET /admin/users/{user}", "PUT /admin/users/{user}",
            "POST /admin/users/{user}/suspend", "POST /admin/users/{user}/activate", "POST /admin/users/{user}/unlock", "POST /admin/users/{user}/force-logout",
            "GET /admin/sessions", "GET /admin/sessions/{session}", "GET /admin/sessions/{session}/logs", "POST /admin/sessions/{session}/terminate",
            "POST /admin/sessions/terminate-bulk", "POST /admin/sessions/export", "GET /admin/exports/{export}",
            "GET /admin/nodes", "POST /admin/nodes", "GET /admin/nodes/{node}", "GET /admin/nodes/{node}/metrics",
            "POST /admin/nodes/{node}/restart", "POST /admin/nodes/{node}/maintenance", "POST /admin/nodes/{node}/activate", "POST /admin/nodes/{node}/suspend",
            "GET /admin/blockchain/status", "GET /admin/blockchain/transactions", "GET /admin/blockchain/blocks", "GET /admin/blockchain/anchoring-queue",
            "POST /admin/blockchain/anchor-sessions",
            "GET /admin/payouts", "GET /admin/payouts/{payout}", "POST /admin/payouts/trigger", "POST /admin/payouts/freeze", "POST /admin/payouts/unfreeze",
            "POST /admin/payouts/{payout}/approve", "POST /admin/payouts/{payout}/reject",
            "GET /admin/config", "PUT /admin/config",
            "GET /admin/audit/logs", "GET /admin/audit/logs/{record}", "GET /admin/audit/stats", "POST /admin/audit/logs/export", "POST /admin/audit/verify",
            "GET /admin/emergency/status", "GET /admin/emergency/controls", "GET /admin/emergency/history",
            "GET /admin/approvals", "POST /admin/approvals/{approval}/decide", "GET /admin/keys", "POST /admin/keys/{key}/rotate",
            "GET /admin/system/health", "GET /admin/system/logs"),
        .. Same(AdminInterface, Admin,
            "POST /admin/rbac/users/{user}/assign-role", "DELETE /admin/rbac/users/{user}/roles/{role}",
            "DELETE /admin/users/{user}", "DELETE /admin/sessions/{session}",
            "POST /admin/blockchain/resync", "POST /admin/blockchain/pause", "POST /admin/blockchain/resume",
            "POST /admin/config/backup", "POST /admin/config/restore", "PUT /admin/audit/retention").Select(StepUp),
        .. Same(AdminInterface, SuperAdmin, "POST /admin/emergency/{action}").Select(StepUp),
    ];
}
