using System.Globalization;
using System.Reflection;
using System.Security.Claims;

namespace Lucid.ServiceDefaults;

/// <summary>The user of a verified access token (09-auth §5). An endpoint that is marked <c>RequireUser</c> takes it as a parameter.</summary>
/// <param name="UserId"><c>sub</c>.</param>
/// <param name="SessionId"><c>sid</c>: the log-in session.</param>
/// <param name="Role"><c>role</c>.</param>
/// <param name="Acr"><c>aal1</c> or <c>aal2</c>.</param>
/// <param name="AuthTime">When a factor was last proven.</param>
/// <param name="Kyc"><c>kyc</c>, when present.</param>
public sealed record UserContext(Guid UserId, string SessionId, string Role, string Acr, DateTimeOffset AuthTime, string? Kyc)
{
    /// <summary>Minimal API binding; throws 401/2001 where no user is known.</summary>
    public static ValueTask<UserContext> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        _ = parameter;
        return ValueTask.FromResult(
            From(context.User) ?? throw new LucidException(LucidErrors.CredentialsInvalid, "Log in and send the access token as a bearer token."));
    }

    /// <summary>Null for a principal that no access token made.</summary>
    public static UserContext? From(ClaimsPrincipal principal)
    {
        if (principal.Identity?.AuthenticationType != UserTokenExtensions.Scheme || !Guid.TryParse(principal.FindFirstValue("sub"), out var user))
        {
            return null;
        }

        var authTime = long.TryParse(principal.FindFirstValue("auth_time"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;
        return new UserContext(
            user,
            principal.FindFirstValue("sid") ?? "",
            principal.FindFirstValue("role") ?? "",
            principal.FindFirstValue("acr") ?? "aal1",
            DateTimeOffset.FromUnixTimeSeconds(authTime),
            principal.FindFirstValue("kyc"));
    }

    /// <summary>True when a factor was proven within <paramref name="age"/> at <c>aal2</c> (step-up).</summary>
    public bool HasStepUp(TimeSpan age, DateTimeOffset now) => Acr == "aal2" && now - AuthTime <= age;
}
