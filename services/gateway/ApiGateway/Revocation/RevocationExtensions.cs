using Lucid.Contracts.Auth;
using Lucid.Contracts.Events;
using Lucid.ServiceDefaults;

namespace Lucid.ApiGateway.Revocation;

internal static class RevocationExtensions
{
    /// <summary>Longest life an access token may be given, with the skew its checkers allow.</summary>
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(60.5);

    public static void AddRevocation(this WebApplicationBuilder builder)
    {
        builder.AddLucidState().AddEntity<DenialShard>("denial");
        builder.Services.AddSingleton<DenyList>();
    }

    /// <summary><c>lucid.auth</c>: ended sessions, and users by the status in their view. Repeating an event changes nothing.</summary>
    public static void MapRevocation(this IEndpointRouteBuilder routes) =>
        routes.MapTopic(Topics.Auth, async (TopicEvent delivered, DenyList denied, TimeProvider clock, CancellationToken cancellationToken) =>
        {
            switch (delivered.Type)
            {
                case EventTypes.AuthSessionRevoked:
                    var revoked = delivered.Read<SessionRevocation>();
                    await denied.DenyAsync(Subject.OfSession(revoked.Sid), new Denial(revoked.NotAfter, 0), cancellationToken).ConfigureAwait(false);
                    break;
                case EventTypes.UserSuspended or EventTypes.UserDeleted:
                    var gone = delivered.Read<UserNotice>().User;
                    await denied.DenyAsync(Subject.OfUser(gone.UserId), new Denial(clock.GetUtcNow() + TokenLife, gone.Version), cancellationToken).ConfigureAwait(false);
                    break;
                case EventTypes.UserActivated:
                    var active = delivered.Read<UserNotice>().User;
                    await denied.LiftAsync(Subject.OfUser(active.UserId), active.Version, cancellationToken).ConfigureAwait(false);
                    break;
            }
        });
}
