using System.Text.Encodings.Web;
using Lucid.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Lucid.ServiceDefaults.Users;

/// <summary>Bearer tokens (RFC 6750) as an authentication scheme whose refusals are error answers.</summary>
internal sealed class UserTokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, UserTokenValidator validator, ErrorWriter writer)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    private const string Prefix = "Bearer ";
    private ErrorCode? _refusal;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization;
        if (header.Count == 0)
        {
            return AuthenticateResult.NoResult();
        }

        if (header.Count > 1 || header[0] is not { } value || !value.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return Refuse(LucidErrors.TokenInvalid);
        }

        var result = await validator.ValidateAsync(value[Prefix.Length..].Trim(), Context.RequestAborted).ConfigureAwait(false);
        return result.Principal is { } user
            ? AuthenticateResult.Success(new AuthenticationTicket(user, Scheme.Name))
            : Refuse(result.Refusal ?? LucidErrors.TokenInvalid);
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => writer.WriteAsync(Context, _refusal switch
    {
        null => new ErrorReport(LucidErrors.CredentialsInvalid, "Log in and send the access token as a bearer token."),
        var code when code == LucidErrors.TokenExpired => new ErrorReport(code, "The access token has expired; refresh it.") { Challenge = "invalid_token" },
        var code => new ErrorReport(code, "The access token is not valid here; log in again.") { Challenge = "invalid_token" },
    });

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => writer.WriteAsync(
        Context, new ErrorReport(LucidErrors.Forbidden, "Your role does not allow this.") { Reason = "role" });

    private AuthenticateResult Refuse(ErrorCode code)
    {
        _refusal = code;
        return AuthenticateResult.Fail(code.Title);
    }
}
