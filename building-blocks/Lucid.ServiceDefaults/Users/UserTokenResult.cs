using System.Security.Claims;

namespace Lucid.ServiceDefaults;

/// <param name="Principal">Null when refused.</param>
/// <param name="Refusal">2002 or 2003; null when good.</param>
public sealed record UserTokenResult(ClaimsPrincipal? Principal, ErrorCode? Refusal)
{
    internal static readonly UserTokenResult Invalid = new(null, LucidErrors.TokenInvalid);

    internal static readonly UserTokenResult Expired = new(null, LucidErrors.TokenExpired);
}
