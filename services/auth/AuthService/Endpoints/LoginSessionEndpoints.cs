using Lucid.AuthService.Actors;
using Lucid.AuthService.Domain;
using Lucid.AuthService.Storage;
using Lucid.Contracts.Auth;
using Lucid.ServiceDefaults;

namespace Lucid.AuthService.Endpoints;

/// <summary>A user's log-in sessions and their end.</summary>
internal static class LoginSessionEndpoints
{
    public static void MapLoginSessions(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/auth").WithTags("Log-in sessions").RequireUser();
        group.MapPost("/logout", LogoutAsync).WithName("Logout").WithSummary("Ends this session, or all; repeating it is no error").Produces(StatusCodes.Status204NoContent);
        group.MapGet("/sessions", async (UserContext caller, LoginSessions sessions, CancellationToken cancellationToken) =>
                new LoginSessionList([.. (await sessions.LiveAsync(caller.UserId.ToString("D"), cancellationToken)).Select(session => session.ToView(caller.SessionId))]))
            .WithName("ListLoginSessions").WithSummary("The live sessions, newest first");
        group.MapDelete("/sessions/{login}", EndAsync).WithName("EndLoginSession").WithSummary("Ends one of the own sessions").Produces(StatusCodes.Status204NoContent);
        group.MapPost("/sessions/terminate-all", async (UserContext caller, LoginSessions sessions, CancellationToken cancellationToken) =>
                new TerminatedSessions(await sessions.RevokeAllAsync(caller.UserId.ToString("D"), caller.SessionId, RevokedReasons.Terminated, cancellationToken)))
            .WithName("EndOtherLoginSessions").WithSummary("Ends all sessions but this one");
    }

    public static LoginSessionView ToView(this LoginSession session, string? current) => new(
        session.SessionId, session.DeviceInfo, session.IpPrefix, session.CreatedAt, session.LastActivity, session.EndsAt, session.SessionId == current);

    private static async Task<IResult> LogoutAsync(
        UserContext caller, LoginSessions sessions, RefreshFamilies families, AuthKeys keys, CancellationToken cancellationToken, LogoutRequest? request = null)
    {
        if (request?.LogoutAllSessions == true)
        {
            await sessions.RevokeAllAsync(caller.UserId.ToString("D"), but: null, RevokedReasons.Logout, cancellationToken);
        }

        await families[caller.SessionId].RevokeAsync(RevokedReasons.Logout);
        if (request?.RefreshToken is { } token && RefreshToken.TryRead(token, keys.Refresh, out var sid, out _)
            && await sessions.FindAsync(sid.ToString("D"), cancellationToken) is { } named && named.UserId == caller.UserId.ToString("D"))
        {
            await families[named.SessionId].RevokeAsync(RevokedReasons.Logout);
        }

        return Results.NoContent();
    }

    private static async Task<IResult> EndAsync(
        Guid login, UserContext caller, LoginSessions sessions, RefreshFamilies families, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await sessions.FindAsync(login.ToString("D"), cancellationToken) is not { } session
            || session.UserId != caller.UserId.ToString("D") || !session.IsLive(clock.GetUtcNow()))
        {
            return LucidResults.NotFound("There is no such session.", "session_not_found");
        }

        await families[session.SessionId].RevokeAsync(RevokedReasons.Terminated);
        return Results.NoContent();
    }
}
