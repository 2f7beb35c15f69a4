using System.Globalization;
using System.Security.Claims;
using Lucid.AuthService.Domain;
using Lucid.AuthService.Storage;
using Lucid.Contracts.Auth;
using Lucid.ServiceDefaults;

namespace Lucid.AuthService.Endpoints;

/// <summary>What a user may ask about himself.</summary>
internal static class AccountEndpoints
{
    public static void MapAccount(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/auth/status", StatusAsync).RequireUser().WithName("AuthStatus").WithTags("Account").WithSummary("The token and its user").Produces<AuthStatus>();
        routes.MapGet("/auth/permissions", PermissionsAsync).RequireUser().WithName("Permissions").WithTags("Account").WithSummary("What the role and kyc allow").Produces<PermissionList>();
        routes.MapGet("/users/me", MeAsync).RequireUser().WithName("Me").WithTags("Account").WithSummary("The own profile").Produces<UserView>();
    }

    private static async Task<IResult> StatusAsync(UserContext caller, ClaimsPrincipal token, UserDirectory users, CancellationToken cancellationToken) =>
        await FindAsync(caller, users, cancellationToken) is { } user
            ? Results.Ok(new AuthStatus(
                Authenticated: true, user, token.ExpiresAt(), caller.Acr, [.. token.FindAll("amr").Select(claim => claim.Value)]))
            : Refusals.UserGone;

    private static async Task<IResult> PermissionsAsync(UserContext caller, UserDirectory users, AuthOptions options, CancellationToken cancellationToken) =>
        await FindAsync(caller, users, cancellationToken) is { } user ? Results.Ok(Permissions.Of(user.Role, user.KycStatus, options)) : Refusals.UserGone;

    private static async Task<IResult> MeAsync(UserContext caller, UserDirectory users, CancellationToken cancellationToken) =>
        await FindAsync(caller, users, cancellationToken) is { } user ? Results.Ok(user) : Refusals.UserGone;

    private static async Task<UserView?> FindAsync(UserContext caller, UserDirectory users, CancellationToken cancellationToken) =>
        await users.FindAsync(caller.UserId.ToString("D"), cancellationToken) is { } user && user.Value.Status == UserStatus.Active
            ? user.Value.ToView(user.Version)
            : null;

    /// <summary><c>exp</c> of a verified token.</summary>
    public static DateTimeOffset ExpiresAt(this ClaimsPrincipal token) =>
        DateTimeOffset.FromUnixTimeSeconds(long.Parse(token.FindFirstValue("exp") ?? "0", NumberStyles.None, CultureInfo.InvariantCulture));
}
