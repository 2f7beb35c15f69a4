using Dapr.Actors.Runtime;
using Lucid.AuthService.Domain;
using Lucid.AuthService.Tokens;
using Lucid.Contracts.Auth;
using Lucid.Contracts.Events;
using Lucid.ServiceDefaults;

namespace Lucid.AuthService.Actors;

/// <summary>The turn of one session. Its state is the session's entity; the rules are <see cref="LoginSession"/>'s.</summary>
internal sealed class RefreshFamilyActor(
    ActorHost host, EntityStore<LoginSession> sessions, EntityStore<User> users, AuthOptions options, TimeProvider clock) : Actor(host), IRefreshFamilyActor
{
    private string SessionId => Id.GetId();

    public async Task<FamilyReply> RotateAsync(RotateCall call)
    {
        // Role, kyc and status come from the user as he is now, never from the old token.
        var user = await UserAsync();
        return await sessions.UpdateAsync<FamilyReply>(
            SessionId,
            entity =>
            {
                if (entity is null || user is null)
                {
                    return new(RefreshOutcome.Ended, null, null);
                }

                var now = clock.GetUtcNow();
                if (user.Status != UserStatus.Active)
                {
                    Revoke(entity, RevokedReasons.UserInactive, now);
                    return new(RefreshOutcome.Ended, null, null);
                }

                var (outcome, session) = entity.Value.Rotate(
                    call.Presented, call.Successor, user.Role, SessionPolicy.For(user.Role, entity.Value.RememberMe, options), now);
                if (outcome == RefreshOutcome.Reused && entity.Value.RevokedAt is null)
                {
                    entity.Raise(Topics.Auth, EventTypes.TokenReuseDetected, new TokenReuse(SessionId, user.UserId));
                    Revoke(entity, RevokedReasons.TokenReuse, now);
                }
                else
                {
                    entity.Value = session;
                }

                return outcome == RefreshOutcome.Rotated ? new(outcome, SessionGrant.Of(session), user) : new(outcome, null, null);
            },
            default);
    }

    public async Task<FamilyReply> StepUpAsync()
    {
        var user = await UserAsync();
        return await sessions.UpdateAsync<FamilyReply>(
            SessionId,
            entity =>
            {
                var now = clock.GetUtcNow();
                if (entity?.Value.IsLive(now) != true || user?.Status != UserStatus.Active)
                {
                    return new(RefreshOutcome.Ended, null, null);
                }

                entity.Value = entity.Value.StepUp(now);
                return new(RefreshOutcome.Rotated, SessionGrant.Of(entity.Value), user);
            },
            default);
    }

    public Task<bool> RevokeAsync(string reason) =>
        sessions.UpdateAsync(
            SessionId,
            entity =>
            {
                if (entity is null || entity.Value.RevokedAt is not null)
                {
                    return false;
                }

                Revoke(entity, reason, clock.GetUtcNow());
                return true;
            },
            default);

    private void Revoke(Entity<LoginSession> entity, string reason, DateTimeOffset now)
    {
        if (entity.Value.RevokedAt is not null)
        {
            return;
        }

        entity.Value = entity.Value.Revoke(reason, now);
        entity.Raise(
            Topics.Auth, EventTypes.AuthSessionRevoked,
            new SessionRevocation(SessionId, entity.Value.UserId, reason, now + options.AccessTokenLife + AccessTokens.Skew));
    }

    private async Task<UserView?> UserAsync() =>
        await sessions.FindAsync(SessionId, default) is { } session && await users.FindAsync(session.Value.UserId, default) is { } user
            ? user.Value.ToView(user.Version)
            : null;
}
