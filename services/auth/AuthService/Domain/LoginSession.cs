using System.Security.Cryptography;
using Lucid.Contracts.Auth;

namespace Lucid.AuthService.Domain;

/// <summary>
/// A log-in session, which is a refresh token family (RFC 9700 §4.14): one token is current, the one before it may be sent again for a
/// moment, any older one proves that somebody else has it.
/// </summary>
/// <param name="RefreshHash">HMAC of the current refresh token.</param>
/// <param name="PreviousHash">HMAC of the token that was rotated into the current one.</param>
/// <param name="RotatedAt">When <paramref name="PreviousHash"/> was first rotated.</param>
/// <param name="AuthTime">When a factor was last proven.</param>
/// <param name="Amr">RFC 8176.</param>
/// <param name="DeclaredWallet">Hardware wallet as the client says, unproven.</param>
internal sealed record LoginSession(
    string SessionId, string UserId, string Role, byte[] RefreshHash, byte[]? PreviousHash, DateTimeOffset? RotatedAt,
    DateTimeOffset AuthTime, IReadOnlyList<string> Amr, string Acr, string? DeviceInfo, string? IpPrefix, string? DeclaredWallet, bool RememberMe,
    DateTimeOffset CreatedAt, DateTimeOffset LastActivity, DateTimeOffset IdleExpiresAt, DateTimeOffset ExpiresAt,
    DateTimeOffset? RevokedAt = null, string? RevokedReason = null)
{
    /// <summary>When it ends unless it is refreshed.</summary>
    public DateTimeOffset EndsAt => IdleExpiresAt < ExpiresAt ? IdleExpiresAt : ExpiresAt;

    public bool IsLive(DateTimeOffset now) => RevokedAt is null && now < EndsAt;

    /// <summary>Applies a refresh. The session comes back as it is unless it was rotated, replaced or, for reuse, revoked.</summary>
    /// <param name="presented">HMAC of the token sent; the token is known to be ours.</param>
    /// <param name="successor">HMAC of the token that would become current.</param>
    /// <param name="role">The user's role now.</param>
    /// <param name="policy">The limits of that role.</param>
    public (RefreshOutcome Outcome, LoginSession Session) Rotate(byte[] presented, byte[] successor, string role, SessionPolicy policy, DateTimeOffset now)
    {
        if (RevokedAt is not null)
        {
            return (RevokedReason == RevokedReasons.TokenReuse ? RefreshOutcome.Reused : RefreshOutcome.Ended, this);
        }

        if (now >= EndsAt)
        {
            return (RefreshOutcome.Expired, this);
        }

        if (CryptographicOperations.FixedTimeEquals(presented, RefreshHash))
        {
            return (RefreshOutcome.Rotated, (this with { RefreshHash = successor, PreviousHash = presented, RotatedAt = now }).Touch(role, policy, now));
        }

        // The answer of the rotation was lost: its successor cannot have been used, or this would no longer be the previous token.
        // The time of the first rotation stays, so that repeating does not stretch the grace.
        if (PreviousHash is not null && CryptographicOperations.FixedTimeEquals(presented, PreviousHash) && now - RotatedAt <= SessionPolicy.Grace)
        {
            return (RefreshOutcome.Rotated, this with { RefreshHash = successor });
        }

        return (RefreshOutcome.Reused, Revoke(RevokedReasons.TokenReuse, now));
    }

    /// <summary>Ends it; an ended one stays as it is.</summary>
    public LoginSession Revoke(string reason, DateTimeOffset now) => RevokedAt is null ? this with { RevokedAt = now, RevokedReason = reason } : this;

    /// <summary>A fresh factor was proven inside the session.</summary>
    public LoginSession StepUp(DateTimeOffset now) => this with { AuthTime = now, Acr = Contracts.Auth.Acr.Aal2 };

    private LoginSession Touch(string role, SessionPolicy policy, DateTimeOffset now)
    {
        var absolute = CreatedAt + policy.Absolute;
        return this with { Role = role, LastActivity = now, IdleExpiresAt = now + policy.Idle, ExpiresAt = absolute < ExpiresAt ? absolute : ExpiresAt };
    }
}

internal static class RevokedReasons
{
    public const string Logout = "logout";
    public const string Terminated = "terminated";
    public const string Evicted = "evicted";
    public const string TokenReuse = "token_reuse";
    public const string UserInactive = "user_inactive";
}

/// <summary>Outcome of a refresh; the default refuses.</summary>
public enum RefreshOutcome
{
    /// <summary>No such session, or it was ended.</summary>
    Ended,

    /// <summary>The successor is current now.</summary>
    Rotated,

    /// <summary>Idle or absolute limit reached.</summary>
    Expired,

    /// <summary>An old token was used again: the family is dead.</summary>
    Reused,
}
