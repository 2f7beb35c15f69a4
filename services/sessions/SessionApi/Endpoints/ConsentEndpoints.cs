using Lucid.Contracts.Errors;
using Lucid.Contracts.Events;
using Lucid.Contracts.Sessions;
using Lucid.ServiceDefaults;
using Lucid.SessionApi.Domain;

namespace Lucid.SessionApi.Endpoints;

/// <summary>Consents of the person who asks.</summary>
public static class ConsentEndpoints
{
    public static void MapConsents(this IEndpointRouteBuilder routes)
    {
        var consents = routes.MapGroup("/api/v1/consents").WithTags("Consents").RequireUser();
        consents.MapPost("", GrantAsync).WithName("GrantConsent").Produces<ConsentView>(StatusCodes.Status201Created).WithSummary("Consents to be recorded");
        consents.MapGet("/{consent:guid}", GetAsync).WithName("GetConsent").Produces<ConsentView>().WithSummary("A consent of one's own");
        consents.MapDelete("/{consent:guid}", RevokeAsync)
            .WithName("RevokeConsent").Produces(StatusCodes.Status204NoContent).WithSummary("Revokes a consent of one's own");
    }

    private static async Task<IResult> GrantAsync(
        GrantConsent request, UserContext user, EntityStore<Consent> consents, TimeProvider time, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        if (request.Scopes.Count == 0 || request.Scopes.Any(scope => !Consent.KnownScopes.Contains(scope)))
        {
            errors.Add(new("scopes", string.Join('|', Consent.KnownScopes), "Name at least one known scope."));
        }

        if (request.TermsVersion.Length is 0 or > 50)
        {
            errors.Add(new("terms_version", "1-50", "terms_version has 1 to 50 characters."));
        }

        var life = request.ExpiresInSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : Consent.DefaultLife;
        if (life <= TimeSpan.Zero || life > Consent.MaxLife)
        {
            errors.Add(new("expires_in_seconds", $"1-{Consent.MaxLife.TotalSeconds}", "A consent lives at most a year."));
        }

        if (request.SessionId is not null && !Guid.TryParseExact(request.SessionId, "D", out _))
        {
            errors.Add(new("session_id", "uuid", "session_id is a UUID."));
        }

        if (request.PolicyHash is not null && !Lucid.Evidence.Digest.TryParse(request.PolicyHash, out _))
        {
            errors.Add(new("policy_hash", "64 hex", "policy_hash is 64 lower-case hex digits."));
        }

        if (errors.Count > 0)
        {
            return LucidResults.Invalid(errors);
        }

        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var id = Guid.CreateVersion7(now);
        var consent = new Consent(
            id.ToString("D"), user.UserId.ToString("D"), request.SessionId, request.TermsVersion, request.PolicyHash,
            [.. request.Scopes.Distinct().Order(StringComparer.Ordinal)], now, now + life, null);
        var entity = consents.New(id, consent);
        entity.Raise(Topics.Sessions, EventTypes.ConsentGranted, new ConsentNotice(consent.ConsentId, consent.SubjectId, consent.SessionId));
        await consents.SaveAsync(entity, cancellationToken);
        return TypedResults.Created($"/api/v1/consents/{id:D}", consent.ToView());
    }

    private static async Task<IResult> GetAsync(Guid consent, UserContext user, EntityStore<Consent> consents, CancellationToken cancellationToken) =>
        await consents.FindAsync(consent, cancellationToken) is { } entity && entity.Value.SubjectId == user.UserId.ToString("D")
            ? TypedResults.Ok(entity.Value.ToView())
            : Missing();

    private static async Task<IResult> RevokeAsync(
        Guid consent, UserContext user, EntityStore<Consent> consents, TimeProvider time, CancellationToken cancellationToken) =>
        await consents.UpdateAsync(
            consent,
            entity =>
            {
                if (entity is null || entity.Value.SubjectId != user.UserId.ToString("D"))
                {
                    return Missing();
                }

                if (entity.Value.RevokedAt is null)
                {
                    entity.Value = entity.Value with { RevokedAt = time.GetUtcNow() };
                    entity.Raise(Topics.Sessions, EventTypes.ConsentRevoked, new ConsentNotice(entity.Value.ConsentId, entity.Value.SubjectId, entity.Value.SessionId));
                }

                return TypedResults.NoContent();
            },
            cancellationToken);

    private static IResult Missing() => LucidResults.NotFound("There is no such consent.", "consent_not_found");
}
