using Lucid.Contracts.Auth;

namespace Lucid.AuthService.Domain;

/// <summary>Limits of log-in sessions by role (09-auth §6): more power, shorter and fewer.</summary>
/// <param name="Concurrent">Most live sessions.</param>
/// <param name="Idle">Longest time between two refreshes.</param>
/// <param name="Absolute">Longest life, however often refreshed.</param>
internal sealed record SessionPolicy(int Concurrent, TimeSpan Idle, TimeSpan Absolute)
{
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>How fresh a factor must be for step-up.</summary>
    public static readonly TimeSpan StepUpAge = TimeSpan.FromSeconds(300);

    /// <summary>An unknown role gets the strictest limits.</summary>
    /// <param name="remember">Longer limits, for role <c>user</c> only.</param>
    public static SessionPolicy For(string role, bool remember, AuthOptions options)
    {
        var policy = role switch
        {
            UserRoles.User when remember => new SessionPolicy(options.SessionMaxConcurrentPerUser, TimeSpan.FromDays(7), TimeSpan.FromDays(30)),
            UserRoles.User => new(options.SessionMaxConcurrentPerUser, TimeSpan.FromMinutes(options.SessionIdleTimeoutMinutes), TimeSpan.FromHours(24)),
            UserRoles.NodeOperator => new(10, TimeSpan.FromMinutes(60), TimeSpan.FromHours(48)),
            UserRoles.Admin => new(5, TimeSpan.FromMinutes(30), TimeSpan.FromHours(12)),
            _ => new(2, TimeSpan.FromMinutes(15), TimeSpan.FromHours(8)),
        };
        var refreshLife = TimeSpan.FromDays(options.RefreshTokenExpireDays);
        return policy.Idle > refreshLife ? policy with { Idle = refreshLife } : policy;
    }
}
