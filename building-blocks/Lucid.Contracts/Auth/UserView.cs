namespace Lucid.Contracts.Auth;

/// <summary>A user as the API and the read model's view <c>users</c> show it. Roles, kyc and status are the words of <see cref="UserRoles"/> and its neighbours.</summary>
/// <param name="Version">Rises with every change.</param>
public sealed record UserView(
    string UserId, string? TronAddress, string? Username, string? DisplayName, string Role, string KycStatus, string Status,
    bool EmailVerified, bool TwoFactorEnabled, bool HardwareWalletEnabled,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? LastLogin, long Version);

public static class UserRoles
{
    public const string User = "user";
    public const string NodeOperator = "node_operator";
    public const string Admin = "admin";
    public const string SuperAdmin = "super_admin";
}

public static class UserStatus
{
    public const string Active = "active";
    public const string Suspended = "suspended";
    public const string Deleted = "deleted";
}

public static class KycStatus
{
    public const string None = "none";
    public const string Pending = "pending";
    public const string Verified = "verified";
}

public static class Acr
{
    public const string Aal1 = "aal1";
    public const string Aal2 = "aal2";
}
