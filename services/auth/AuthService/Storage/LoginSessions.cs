using Lucid.AuthService.Actors;
using Lucid.AuthService.Domain;
using Lucid.Contracts.Auth;
using Lucid.Contracts.Events;
using Lucid.ServiceDefaults;

namespace Lucid.AuthService.Storage;

/// <summary>Log-in sessions and the set of each user. A session is made here and changed by its actor only.</summary>
internal sealed class LoginSessions(
    EntityStore<LoginSession> sessions, MemberSets sets, RefreshFamilies families, AuthKeys keys, AuthOptions options, TimeProvider clock)
{
    private const string Set = "login-sessions";
    private static readonly TimeSpan WriteWithin = TimeSpan.FromMinutes(1);

    public async Task<LoginSession?> FindAsync(string sid, CancellationToken cancellationToken) => (await sessions.FindAsync(sid, cancellationToken))?.Value;

    /// <summary>A new session with its first refresh token; or, at the cap of the role, the live ones.</summary>
    /// <param name="evictOldest">Ends the oldest session where there is no room.</param>
    public async Task<OpenedSession> OpenAsync(UserView user, Device device, bool remember, bool evictOldest, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var policy = SessionPolicy.For(user.Role, remember, options);
        var sid = Guid.CreateVersion7(now);
        var live = await ReserveAsync(user.UserId, sid.ToString("D"), policy.Concurrent, evictOldest, cancellationToken);
        if (live is not null)
        {
            return new(null, null, live);
        }

        var (token, hash) = RefreshToken.Create(sid, keys.Refresh);
        var session = new LoginSession(
            sid.ToString("D"), user.UserId, user.Role, hash, null, null, AuthTime: now, Amr: ["swk"], Acr.Aal1,
            device.UserAgent, device.Client.Prefix, device.DeclaredWallet, remember && user.Role == UserRoles.User,
            CreatedAt: now, LastActivity: now, IdleExpiresAt: now + policy.Idle, ExpiresAt: now + policy.Absolute);
        var entity = sessions.New(session.SessionId, session);
        entity.Raise(Topics.Auth, EventTypes.AuthSessionCreated, new LoginSessionNotice(session.SessionId, user.UserId, user.Role, session.ExpiresAt));
        _ = await sessions.SaveAsync(entity, cancellationToken);
        await sets.ConfirmAsync(Set, user.UserId, session.SessionId, cancellationToken);
        return new(session, token, []);
    }

    /// <summary>The user's live sessions, newest first.</summary>
    public async Task<IReadOnlyList<LoginSession>> LiveAsync(string userId, CancellationToken cancellationToken) =>
        [.. (await AllAsync(userId, cancellationToken)).Select(entity => entity.Value).Where(session => session.IsLive(clock.GetUtcNow())).OrderByDescending(session => session.CreatedAt)];

    /// <summary>Ends the live sessions of a user but one; how many.</summary>
    public async Task<int> RevokeAllAsync(string userId, string? but, string reason, CancellationToken cancellationToken)
    {
        var ended = 0;
        foreach (var session in await LiveAsync(userId, cancellationToken))
        {
            if (session.SessionId != but && await families[session.SessionId].RevokeAsync(reason))
            {
                ended++;
            }
        }

        return ended;
    }

    private async Task<IReadOnlyList<LoginSession>?> ReserveAsync(string userId, string sid, int capacity, bool evictOldest, CancellationToken cancellationToken)
    {
        if (await TryReserveAsync(userId, sid, capacity, cancellationToken))
        {
            return null;
        }

        // Ended sessions leave when their place is needed; until then their tokens are still recognised as used.
        var all = await AllAsync(userId, cancellationToken);
        foreach (var ended in all.Where(entity => !entity.Value.IsLive(clock.GetUtcNow())))
        {
            await ForgetAsync(userId, ended, cancellationToken);
        }

        if (await TryReserveAsync(userId, sid, capacity, cancellationToken))
        {
            return null;
        }

        var live = await LiveAsync(userId, cancellationToken);
        if (!evictOldest || live.Count == 0)
        {
            return live;
        }

        foreach (var oldest in live.Skip(capacity - 1))
        {
            await families[oldest.SessionId].RevokeAsync(RevokedReasons.Evicted);
            if (await sessions.FindAsync(oldest.SessionId, cancellationToken) is { } entity)
            {
                await ForgetAsync(userId, entity, cancellationToken);
            }
        }

        return await TryReserveAsync(userId, sid, capacity, cancellationToken) ? null : await LiveAsync(userId, cancellationToken);
    }

    private async Task<bool> TryReserveAsync(string userId, string sid, int capacity, CancellationToken cancellationToken) =>
        await sets.ReserveAsync(
            Set, userId, sid, capacity, WriteWithin, async (member, token) => await sessions.FindAsync(member, token) is not null, cancellationToken)
        == ReserveOutcome.Reserved;

    private async Task<IReadOnlyList<Entity<LoginSession>>> AllAsync(string userId, CancellationToken cancellationToken) =>
        await sessions.FindManyAsync(await sets.ListAsync(Set, userId, cancellationToken), cancellationToken);

    // The session first: a member without one is given up by itself.
    private async Task ForgetAsync(string userId, Entity<LoginSession> ended, CancellationToken cancellationToken)
    {
        if (await sessions.DeleteAsync(ended, cancellationToken) == SaveOutcome.Saved)
        {
            await sets.RemoveAsync(Set, userId, ended.Id, cancellationToken);
        }
    }
}

/// <param name="Session">Null: the cap is reached.</param>
/// <param name="Live">The sessions that take up the cap.</param>
internal sealed record OpenedSession(LoginSession? Session, string? RefreshToken, IReadOnlyList<LoginSession> Live);

/// <summary>Where a log-in comes from, as far as the client says.</summary>
internal sealed record Device(string? UserAgent, ClientAddress Client, string? DeclaredWallet);
