using Lucid.AuthService.Domain;
using Lucid.AuthService.Storage;
using Lucid.Contracts.Auth;
using Lucid.Contracts.Errors;
using Lucid.ServiceDefaults;
using Lucid.Wallets;

namespace Lucid.AuthService.Endpoints;

internal static class ChallengeEndpoints
{
    // Those whose endpoint exists; a challenge that nothing accepts would only confuse.
    private static readonly string[] Served = [ChallengePurposes.Login, ChallengePurposes.Register, ChallengePurposes.StepUp];
    private static readonly string[] Later = [ChallengePurposes.Link, ChallengePurposes.AccountDelete, ChallengePurposes.SessionOwnership];

    public static void MapChallenges(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/auth/challenge", IssueAsync).WithName("IssueChallenge").WithTags("Log-in").WithSummary("A text for the wallet to sign, good once for 300 s")
            .Produces<Challenge>();

    private static async Task<IResult> IssueAsync(ChallengeRequest request, HttpContext context, Challenges challenges, CancellationToken cancellationToken)
    {
        if (!TronAddress.TryParse(request.TronAddress, out var address))
        {
            return Refusals.BadAddress;
        }

        var purpose = request.Purpose ?? ChallengePurposes.Login;
        if (!Served.Contains(purpose))
        {
            return Later.Contains(purpose)
                ? LucidResults.Error(LucidErrors.Disabled, "Challenges for this purpose are not offered here; use login, register or step_up.", "purpose_not_available")
                : LucidResults.Invalid(new FieldError("purpose", "enum", "One of login, register, link, step_up, account_delete, session_ownership."));
        }

        switch (request.Method ?? "tip191")
        {
            case "tip191":
                break;
            case "tron_tx":
                return LucidResults.Error(LucidErrors.Disabled, "Proof by an unsent transaction is not offered here; sign the message (tip191).", "tron_tx_not_available");
            default:
                return LucidResults.Invalid(new FieldError("method", "enum", "One of tip191, tron_tx."));
        }

        return request.WalletType switch
        {
            null or "ledger" => Results.Ok(await challenges.IssueAsync(address, purpose, ClientAddress.Of(context.Request), cancellationToken)),
            "trezor" or "keepkey" => LucidResults.Error(LucidErrors.HardwareWallet, "This device cannot sign messages for TRON; use a Ledger or a software wallet.", "unsupported_method"),
            _ => LucidResults.Invalid(new FieldError("wallet_type", "enum", "One of ledger, trezor, keepkey.")),
        };
    }
}
