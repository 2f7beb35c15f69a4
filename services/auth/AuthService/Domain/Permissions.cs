using Lucid.Contracts.Auth;

namespace Lucid.AuthService.Domain;

/// <summary>The fifty permissions (09-auth §7) with the role they begin at and the kyc they need. Unknown roles have none.</summary>
internal static class Permissions
{
    private const int MaxSessionGb = 100;

    private static readonly string[] Levels = [UserRoles.User, UserRoles.NodeOperator, UserRoles.Admin, UserRoles.SuperAdmin];

    public static IReadOnlyList<Permission> All { get; } =
    [
        new("create_session", "sessions", "create", 0),
        new("view_own_sessions", "sessions", "read_own", 0),
        new("delete_own_sessions", "sessions", "delete_own", 0),
        new("view_own_profile", "profile", "read", 0),
        new("update_own_profile", "profile", "update", 0),
        new("connect_hardware_wallet", "hardware_wallets", "connect", 0),
        new("sign_with_hardware_wallet", "hardware_wallets", "sign", 0),
        new("view_blockchain_info", "chain", "read", 0),
        new("view_trust_policies", "trust_policies", "read", 0),
        new("manage_own_trust_policies", "trust_policies", "manage_own", 0),
        new("api_gateway_access", "api", "access", 0),
        new("register_node", "nodes", "register", 1, Kyc.Verified),
        new("manage_own_nodes", "nodes", "manage_own", 1, Kyc.Verified),
        new("view_own_nodes", "nodes", "read_own", 1, Kyc.Verified),
        new("submit_poot_votes", "poot", "vote", 1, Kyc.Begun),
        new("view_poot_scores", "poot", "read", 1),
        new("view_own_payouts", "payouts", "read_own", 1, Kyc.Verified),
        new("request_payout", "payouts", "request", 1, Kyc.Verified),
        new("view_pool_info", "pools", "read", 1, Kyc.Verified),
        new("submit_transactions", "chain", "submit", 1),
        new("anchor_sessions", "sessions", "anchor", 1),
        new("view_all_users", "users", "read_all", 2),
        new("manage_users", "users", "manage", 2),
        new("view_all_sessions", "sessions", "read_all", 2),
        new("delete_any_session", "sessions", "delete_any", 2),
        new("view_all_nodes", "nodes", "read_all", 2),
        new("manage_all_nodes", "nodes", "manage_all", 2),
        new("manage_pools", "pools", "manage", 2),
        new("assign_nodes_to_pools", "pools", "assign_nodes", 2),
        new("validate_poot_scores", "poot", "validate", 2),
        new("validate_blocks", "chain", "validate", 2),
        new("manage_trust_policies", "trust_policies", "manage", 2),
        new("view_all_payouts", "payouts", "read_all", 2),
        new("access_admin_dashboard", "admin", "dashboard", 2),
        new("view_system_metrics", "system", "metrics", 2),
        new("view_audit_logs", "audit", "read", 2),
        new("force_user_logout", "users", "force_logout", 2),
        new("admin_api_access", "admin", "api", 2),
        new("assign_roles", "users", "assign_roles", 3),
        new("manage_payouts", "payouts", "manage", 3),
        new("approve_payouts", "payouts", "approve", 3),
        new("manage_system_config", "system", "configure", 3),
        new("emergency_lockdown", "system", "lockdown", 3),
        new("emergency_shutdown", "system", "shutdown", 3),
        new("spawn_services", "orchestration", "spawn", 3),
        new("manage_mongodb_instances", "orchestration", "databases", 3),
        new("orchestrate_containers", "orchestration", "containers", 3),
        new("clone_services", "orchestration", "clone", 3),
        new("manage_service_lifecycle", "orchestration", "lifecycle", 3),
        new("view_spawned_services", "orchestration", "read", 3),
    ];

    public static PermissionList Of(string role, string kyc, AuthOptions options)
    {
        var level = Array.IndexOf(Levels, role);
        var granted = All.Where(permission => permission.Level <= level && Satisfies(kyc, permission.Kyc)).ToList();
        var conditions = new PermissionConditions(SessionPolicy.For(role, remember: false, options).Concurrent, MaxSessionGb);
        return new(
            role,
            [.. granted.GroupBy(permission => permission.Resource, StringComparer.Ordinal).Select(group => new PermissionGroup(
                group.Key, [.. group.Select(permission => permission.Action)], group.Key == "sessions" ? conditions : null))],
            [.. granted.Select(permission => permission.Name)]);
    }

    private static bool Satisfies(string kyc, Kyc needed) => needed switch
    {
        Kyc.None => true,
        Kyc.Begun => kyc is KycStatus.Pending or KycStatus.Verified,
        _ => kyc == KycStatus.Verified,
    };
}

/// <param name="Level">0 user, 1 node operator, 2 admin, 3 super admin.</param>
internal sealed record Permission(string Name, string Resource, string Action, int Level, Kyc Kyc = Kyc.None);

internal enum Kyc
{
    None,
    Begun,
    Verified,
}
