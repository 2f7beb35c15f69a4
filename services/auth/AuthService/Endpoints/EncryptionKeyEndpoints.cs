using System.Text;
using System.Text.Json;
using Lucid.AuthService.Domain;
using Lucid.AuthService.Storage;
using Lucid.Contracts.Access;
using Lucid.Contracts.Auth;
using Lucid.Contracts.Errors;
using Lucid.Evidence;
using Lucid.ServiceDefaults;

namespace Lucid.AuthService.Endpoints;

/// <summary>
/// The public keys to which a user's recordings are encrypted. Adding one lets its holder read what is recorded from then on: the first may
/// follow a log-in, all others need a step-up.
/// </summary>
internal static class EncryptionKeyEndpoints
{
    private const int MaxLabel = 64;
    private const int MaxJwk = 2048;

    public static void MapEncryptionKeys(this IEndpointRouteBuilder routes)
    {
        var mine = routes.MapGroup("/users/me/encryption-keys").WithTags("Encryption keys").RequireUser();
        mine.MapGet("", (UserContext caller, UserDirectory users, CancellationToken cancellationToken) => ListAsync(caller.UserId, users, cancellationToken))
            .WithName("ListEncryptionKeys").WithSummary("The own keys, newest first").Produces<EncryptionKeyList>();
        mine.MapPost("", AddAsync)
            .WithName("AddEncryptionKey").WithSummary("Registers a public key, P-256 or X25519").Produces<EncryptionKey>(StatusCodes.Status201Created);
        mine.MapDelete("/{kid}", RemoveAsync)
            .WithName("RemoveEncryptionKey").WithSummary("Forgets a key; recordings made for it stay readable with it").Produces(StatusCodes.Status204NoContent);
        routes.MapGet(Routes.Auth.EncryptionKeys, ListAsync).WithTags("Encryption keys")
            .WithName("EncryptionKeysOfUser").WithSummary("A user's keys, for the recipients of a session").Produces<EncryptionKeyList>();
    }

    private static async Task<IResult> ListAsync(Guid user, UserDirectory users, CancellationToken cancellationToken) =>
        await users.FindAsync(user.ToString("D"), cancellationToken) is { } found
            ? Results.Ok(new EncryptionKeyList(found.Value.EncryptionKeys))
            : LucidResults.NotFound("There is no such user.", "user_not_found");

    private static async Task<IResult> AddAsync(
        NewEncryptionKey request, UserContext caller, UserDirectory users, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (request.Label.Length is 0 or > MaxLabel || request.Label.Any(char.IsControl))
        {
            return LucidResults.Invalid(new FieldError("label", "length", $"1 to {MaxLabel} characters without control characters."));
        }

        if (Parse(request.Jwk) is not { } parsed)
        {
            return LucidResults.Invalid(LucidErrors.BadFormat, new FieldError("jwk", "public_key", "A public JWK: EC with P-256, or OKP with X25519, without the private part d."));
        }

        var now = clock.GetUtcNow();
        var key = new EncryptionKey(parsed.Kid, request.Label, JsonDocument.Parse(parsed.Jwk).RootElement.Clone(), now);
        var outcome = await users.AddKeyAsync(
            caller.UserId.ToString("D"), key, caller.AuthTime, caller.HasStepUp(SessionPolicy.StepUpAge, now), cancellationToken);
        return outcome switch
        {
            AddKeyOutcome.Added => Results.Json(key, statusCode: StatusCodes.Status201Created),
            AddKeyOutcome.StepUpRequired => Refusals.StepUp,
            AddKeyOutcome.Exists => LucidResults.Error(LucidErrors.AlreadyExists, "This key is registered already.", "key_exists"),
            AddKeyOutcome.TooMany => LucidResults.Error(LucidErrors.NotAllowed, $"At most {User.MaxEncryptionKeys} keys; remove one first.", "too_many_keys"),
            _ => Refusals.UserGone,
        };
    }

    private static async Task<IResult> RemoveAsync(string kid, UserContext caller, UserDirectory users, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!caller.HasStepUp(SessionPolicy.StepUpAge, clock.GetUtcNow()))
        {
            return Refusals.StepUp;
        }

        return await users.RemoveKeyAsync(caller.UserId.ToString("D"), kid, cancellationToken)
            ? Results.NoContent()
            : LucidResults.NotFound("There is no such key.", "key_not_found");
    }

    private static RecipientPublicKey? Parse(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object || jwk.GetRawText() is not { Length: <= MaxJwk } text)
        {
            return null;
        }

        try
        {
            return RecipientPublicKey.Parse(Encoding.UTF8.GetBytes(text));
        }
        catch (EvidenceException)
        {
            return null;
        }
    }
}
