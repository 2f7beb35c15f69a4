using Dapr.Actors;
using Lucid.AuthService.Domain;
using Lucid.Contracts.Auth;

namespace Lucid.AuthService.Actors;

/// <summary>One log-in session: refreshes, step-ups and its end happen one at a time, in its turn. Tokens never pass through here, only their MACs.</summary>
public interface IRefreshFamilyActor : IActor
{
    const string ActorType = "RefreshFamilyActor";

    /// <summary>Makes the successor current if the presented token allows it; repeating a call changes nothing more.</summary>
    Task<FamilyReply> RotateAsync(RotateCall call);

    /// <summary>A fresh factor was proven; null in <see cref="FamilyReply.Grant"/>: the session has ended.</summary>
    Task<FamilyReply> StepUpAsync();

    /// <summary>True: it was live until now.</summary>
    Task<bool> RevokeAsync(string reason);
}

/// <param name="Presented">HMAC of the token that was sent.</param>
/// <param name="Successor">HMAC of the token that would follow.</param>
public sealed record RotateCall(byte[] Presented, byte[] Successor);

public sealed record FamilyReply(RefreshOutcome Outcome, SessionGrant? Grant, UserView? User);

/// <summary>What tokens say of a session.</summary>
/// <param name="EndsAt">Unless it is refreshed.</param>
/// <param name="ExpiresAt">However often it is refreshed.</param>
public sealed record SessionGrant(
    string SessionId, DateTimeOffset AuthTime, IReadOnlyList<string> Amr, string Acr, DateTimeOffset EndsAt, DateTimeOffset ExpiresAt)
{
    internal static SessionGrant Of(LoginSession session) =>
        new(session.SessionId, session.AuthTime, session.Amr, session.Acr, session.EndsAt, session.ExpiresAt);
}
