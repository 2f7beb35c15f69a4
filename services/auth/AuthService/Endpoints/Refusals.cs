using Lucid.AuthService.Domain;
using Lucid.AuthService.Storage;
using Lucid.Contracts.Errors;
using Lucid.ServiceDefaults;

namespace Lucid.AuthService.Endpoints;

/// <summary>Refusals that several endpoints give, in one wording.</summary>
internal static class Refusals
{
    public static IResult BadAddress { get; } = LucidResults.Invalid(
        LucidErrors.BadFormat, new FieldError("tron_address", "base58check", "34 characters that begin with T, with a valid checksum."));

    public static IResult BadSignatureForm { get; } = LucidResults.Invalid(
        LucidErrors.BadFormat, new FieldError("signature", "format", "130 hexadecimal digits (r, s and v), with or without 0x."));

    public static IResult BadChallengeId { get; } = LucidResults.Invalid(
        LucidErrors.BadUuid, new FieldError("challenge_id", "uuid", "The id of an issued challenge."));

    public static IResult SessionEnded { get; } = LucidResults.Error(LucidErrors.SessionExpired, "The session has ended; log in again.", "session_ended");

    /// <summary>A good token of a user that is gone or not active.</summary>
    public static IResult UserGone { get; } = LucidResults.Error(LucidErrors.CredentialsInvalid, "Log in again.", "user_inactive");

    public static IResult StepUp { get; } = LucidResults.Error(
        LucidErrors.StepUpRequired, $"Prove your wallet again through /auth/step-up; the proof must not be older than {SessionPolicy.StepUpAge.TotalSeconds} s.",
        "step_up_required", new Dictionary<string, object?> { ["methods"] = new[] { "wallet_signature" } });

    public static IResult Proof(ProofOutcome outcome) => outcome == ProofOutcome.UnknownChallenge
        ? LucidResults.Error(LucidErrors.ChallengeInvalid, "The challenge is unknown, expired or used; ask for a new one.", "challenge_invalid")
        : LucidResults.Error(LucidErrors.WalletSignatureInvalid, "The signature does not prove this address; sign the text of a new challenge as it is.", "signature_invalid");
}
