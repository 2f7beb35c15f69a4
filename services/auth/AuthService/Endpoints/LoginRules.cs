using System.Text.Json;
using System.Text.RegularExpressions;
using Lucid.Contracts.Auth;
using Lucid.Contracts.Errors;
using Lucid.ServiceDefaults;

namespace Lucid.AuthService.Endpoints;

/// <summary>The shape of a log-in body: which family it belongs to, and what it lacks.</summary>
internal static partial class LoginRules
{
    /// <summary>Null: a well-formed wallet log-in.</summary>
    public static IResult? RefusalOf(LoginRequest request)
    {
        var wallet = request.TronAddress is not null || request.ChallengeId is not null || request.Signature is not null || request.Message is not null;
        var email = request.Email is not null || request.Password is not null || request.TwoFactorCode is not null;
        if (wallet && email)
        {
            return LucidResults.Error(LucidErrors.InvalidRequest, "Send the members of one way to log in only: wallet, or e-mail.", "mixed_families");
        }

        if (email)
        {
            return request switch
            {
                { Email: null } => Missing("email"),
                { Password: null, TwoFactorCode: null } => LucidResults.Error(LucidErrors.Disabled, "Log-in by e-mail link is not offered here; log in with your wallet.", "magic_link_disabled"),
                _ => LucidResults.Error(LucidErrors.Disabled, "Log-in by password is not offered here; log in with your wallet.", "password_login_disabled"),
            };
        }

        return request switch
        {
            { TronAddress: null } => Missing("tron_address"),
            { ChallengeId: null } => Missing("challenge_id"),
            { Signature: null } => Missing("signature"),
            _ when !TryReadDeclaredWallet(request.HardwareWallet, out _) => LucidResults.Invalid(
                new FieldError("hardware_wallet", "format", "An object with type (ledger, trezor or keepkey) and device_id (UUID).")),
            _ => ProofForm(request.ChallengeId, request.Signature),
        };
    }

    /// <summary>Null: the proof has the right form. It is judged only then, so that a typing error does not use up a challenge.</summary>
    public static IResult? ProofForm(string challengeId, string signature) =>
        !Guid.TryParseExact(challengeId, "D", out _) ? Refusals.BadChallengeId
        : !Signature().IsMatch(signature) ? Refusals.BadSignatureForm
        : null;

    /// <summary>The device type a client declares; nothing proves it.</summary>
    public static bool TryReadDeclaredWallet(JsonElement? declared, out string? type)
    {
        type = null;
        if (declared is not { } wallet)
        {
            return true;
        }

        if (wallet.ValueKind != JsonValueKind.Object || wallet.EnumerateObject().Any(member => member.Name is not ("type" or "device_id"))
            || !wallet.TryGetProperty("type", out var kind) || kind.ValueKind != JsonValueKind.String || kind.GetString() is not ("ledger" or "trezor" or "keepkey")
            || !wallet.TryGetProperty("device_id", out var device) || !device.TryGetGuidOrFail())
        {
            return false;
        }

        type = kind.GetString();
        return true;
    }

    private static bool TryGetGuidOrFail(this JsonElement element) => element.ValueKind == JsonValueKind.String && element.TryGetGuid(out _);

    private static IResult Missing(string field) => LucidResults.Invalid(LucidErrors.MissingField, new FieldError(field, "required", "This member is required."));

    [GeneratedRegex(@"\A(0x)?[0-9a-fA-F]{130}\z")]
    private static partial Regex Signature();
}
