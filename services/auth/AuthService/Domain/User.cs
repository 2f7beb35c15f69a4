using Lucid.Contracts.Auth;

namespace Lucid.AuthService.Domain;

/// <summary>An account with its encryption keys.</summary>
internal sealed record User(
    string UserId, string? TronAddress, string Role, string KycStatus, string Status, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    DateTimeOffset? LastLogin, IReadOnlyList<EncryptionKey> EncryptionKeys)
{
    public const int MaxEncryptionKeys = 16;

    public static User Create(string userId, string tronAddress, DateTimeOffset now) =>
        new(userId, tronAddress, UserRoles.User, Contracts.Auth.KycStatus.None, UserStatus.Active, now, now, now, []);

    public UserView ToView(long version) => new(
        UserId, TronAddress, null, null, Role, KycStatus, Status, EmailVerified: false, TwoFactorEnabled: false, HardwareWalletEnabled: false,
        CreatedAt, UpdatedAt, LastLogin, version);

    /// <summary>
    /// The first key may follow a log-in directly, because a log-in of the last 300 s is as fresh as a step-up and the account has nothing
    /// to lose to it yet; a further one could let somebody else read along and needs a step-up.
    /// </summary>
    public AddKeyOutcome MayAdd(string kid, DateTimeOffset authTime, bool hasStepUp, DateTimeOffset now)
    {
        if (!(hasStepUp || (EncryptionKeys.Count == 0 && now - authTime <= SessionPolicy.StepUpAge)))
        {
            return AddKeyOutcome.StepUpRequired;
        }

        return EncryptionKeys.Any(key => key.Kid == kid) ? AddKeyOutcome.Exists
            : EncryptionKeys.Count >= MaxEncryptionKeys ? AddKeyOutcome.TooMany
            : AddKeyOutcome.Added;
    }
}

internal enum AddKeyOutcome
{
    StepUpRequired,
    Added,
    Exists,
    TooMany,
}
