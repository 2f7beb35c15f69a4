using Lucid.AuthService.Actors;
using Lucid.AuthService.Domain;
using Lucid.AuthService.Storage;
using Lucid.AuthService.Tokens;
using Lucid.Contracts.Auth;
using Lucid.Contracts.Errors;
using Lucid.ServiceDefaults;
using Lucid.Wallets;

namespace Lucid.AuthService.Endpoints;

/// <summary>From a proof to a pair of tokens, and from a refresh token to the next pair.</summary>
internal static class LoginEndpoints
{
    private const int MaxUserAgent = 500;

    public static void MapLogin(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/auth/login", LoginAsync).WithName("Login").WithTags("Log-in").WithSummary("Log in with a signed challenge").Produces<AuthResponse>();
        routes.MapPost("/auth/refresh", RefreshAsync).WithName("Refresh").WithTags("Log-in").WithSummary("The next pair of tokens; the refresh token works once").Produces<AuthResponse>();
        routes.MapPost("/auth/step-up", StepUpAsync).RequireUser().WithName("StepUp").WithTags("Log-in").WithSummary("An access token with a fresh proof, for sensitive changes").Produces<AuthResponse>();
    }

    private static async Task<IResult> LoginAsync(
        LoginRequest request, HttpContext context, Challenges challenges, UserDirectory users, LoginSessions sessions, AccessTokens tokens,
        LoginFailures failures, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (LoginRules.RefusalOf(request) is { } refusal)
        {
            return refusal;
        }

        if (!TronAddress.TryParse(request.TronAddress, out var address))
        {
            return Refusals.BadAddress;
        }

        var proof = await challenges.ProveAsync(
            request.ChallengeId!, address, ChallengePurposes.Login, request.Signature!, request.Message, cancellationToken);
        if (proof != ProofOutcome.Proven)
        {
            await failures.TellAsync(request.ChallengeId!, proof == ProofOutcome.UnknownChallenge ? "challenge_invalid" : "signature_invalid", cancellationToken);
            return Refusals.Proof(proof);
        }

        var found = await users.FindOrCreateAsync(address, cancellationToken);
        var user = found.Value.ToView(found.Version);
        if (PolicyRefusal(user) is { } denied)
        {
            return denied;
        }

        _ = LoginRules.TryReadDeclaredWallet(request.HardwareWallet, out var declared);
        var device = new Device(UserAgentOf(context.Request), ClientAddress.Of(context.Request), declared);
        var opened = await sessions.OpenAsync(user, device, request.RememberMe ?? false, request.EvictOldest ?? false, cancellationToken);
        if (opened.Session is null)
        {
            return LucidResults.Error(
                LucidErrors.SessionCap, "Too many sessions; end one of these, or log in with evict_oldest.", "session_cap",
                new Dictionary<string, object?> { ["sessions"] = opened.Live.Select(session => session.ToView(current: null)).ToArray() });
        }

        user = await users.LoggedInAsync(user.UserId, opened.Session.SessionId, "wallet", cancellationToken);
        return await AnswerAsync(context, SessionGrant.Of(opened.Session), user, opened.RefreshToken, tokens, clock, cancellationToken);
    }

    private static async Task<IResult> RefreshAsync(
        RefreshRequest request, HttpContext context, AuthKeys keys, RefreshFamilies families, AccessTokens tokens, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (request.RefreshToken.Length > RefreshToken.MaxLength)
        {
            return LucidResults.Invalid(new FieldError("refresh_token", "max_length", $"At most {RefreshToken.MaxLength} characters."));
        }

        if (!RefreshToken.TryRead(request.RefreshToken, keys.Refresh, out var sid, out var presented))
        {
            return LucidResults.Error(LucidErrors.RefreshInvalid, "The refresh token is not valid; log in again.", "refresh_invalid");
        }

        var (successor, hash) = RefreshToken.Create(sid, keys.Refresh);
        var reply = await families[sid.ToString("D")].RotateAsync(new(presented, hash));
        return reply switch
        {
            { Outcome: RefreshOutcome.Rotated, Grant: { } grant, User: { } user } => await AnswerAsync(context, grant, user, successor, tokens, clock, cancellationToken),
            { Outcome: RefreshOutcome.Reused } => LucidResults.Error(
                LucidErrors.RefreshReuse, "This refresh token was used before, so the session was ended; log in again.", "refresh_reuse"),
            { Outcome: RefreshOutcome.Expired } => Refusals.SessionEnded,
            _ => LucidResults.Error(LucidErrors.RefreshInvalid, "The refresh token is not valid; log in again.", "refresh_invalid"),
        };
    }

    private static async Task<IResult> StepUpAsync(
        StepUpRequest request, UserContext caller, HttpContext context, Challenges challenges, UserDirectory users, RefreshFamilies families,
        AccessTokens tokens, LoginFailures failures, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (LoginRules.ProofForm(request.ChallengeId, request.Signature) is { } malformed)
        {
            return malformed;
        }

        if (await users.FindAsync(caller.UserId.ToString("D"), cancellationToken) is not { } found || !TronAddress.TryParse(found.Value.TronAddress, out var address))
        {
            return Refusals.UserGone;
        }

        var proof = await challenges.ProveAsync(request.ChallengeId, address, ChallengePurposes.StepUp, request.Signature, request.Message, cancellationToken);
        if (proof != ProofOutcome.Proven)
        {
            await failures.TellAsync(request.ChallengeId, "step_up_refused", cancellationToken);
            return Refusals.Proof(proof);
        }

        return await families[caller.SessionId].StepUpAsync() is { Grant: { } grant, User: { } user }
            ? await AnswerAsync(context, grant, user, refreshToken: null, tokens, clock, cancellationToken)
            : Refusals.SessionEnded;
    }

    /// <summary>The gate behind the proof, so that only the owner of an address learns of its state.</summary>
    private static IResult? PolicyRefusal(UserView user) => user switch
    {
        { Status: UserStatus.Suspended } => LucidResults.Error(LucidErrors.AccountSuspended, "The account is suspended; contact support.", "suspended"),
        { Status: not UserStatus.Active } => LucidResults.Error(LucidErrors.CredentialsInvalid, "The log-in is not valid.", "credentials_invalid"),
        { Role: not (UserRoles.User or UserRoles.NodeOperator) } => LucidResults.Error(
            LucidErrors.MfaRequired, "This role needs a second factor, and none is enrolled.", "mfa_not_enrolled"),
        _ => null,
    };

    private static async Task<IResult> AnswerAsync(
        HttpContext context, SessionGrant grant, UserView user, string? refreshToken, AccessTokens tokens, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (token, expiresIn) = await tokens.IssueAsync(grant, user, cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Ok(new AuthResponse(
            token, refreshToken, "Bearer", expiresIn, Math.Max(0, (int)(grant.EndsAt - clock.GetUtcNow()).TotalSeconds), grant.SessionId, user));
    }

    private static string? UserAgentOf(HttpRequest request)
    {
        var text = new string([.. request.Headers.UserAgent.ToString().Where(character => character is >= ' ' and <= '~').Take(MaxUserAgent)]);
        return text.Length == 0 ? null : text;
    }
}
