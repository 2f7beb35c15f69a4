using Lucid.Contracts.Sessions;
using Lucid.ServiceDefaults;
using Lucid.SessionApi.Clients;

namespace Lucid.SessionApi.Domain;

/// <summary>Finds a session for a user. A foreign one looks exactly like a missing one.</summary>
public sealed class SessionGuard(PipelineClient pipeline)
{
    /// <summary>The session, when the user owns it (or, with <paramref name="orAdmin"/>, may see all); else the refusal.</summary>
    public async Task<(SessionView? Session, IResult? Refusal)> FindAsync(Guid session, UserContext user, bool orAdmin, CancellationToken cancellationToken)
    {
        var found = await pipeline.GetAsync(session, cancellationToken);
        if (found is { IsSuccess: false, IsNotFound: false })
        {
            return (null, found.Error.ToResult());
        }

        var mine = found.IsSuccess && (found.Value.UserId == user.UserId.ToString("D") || (orAdmin && Roles.MaySeeAll(user.Role)));
        return mine && found.Value!.State != SessionStates.Deleted
            ? (found.Value, null)
            : (null, LucidResults.NotFound("There is no such session.", "session_not_found"));
    }
}
