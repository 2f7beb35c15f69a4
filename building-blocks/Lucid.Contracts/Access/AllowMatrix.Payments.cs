using static Lucid.Contracts.Services.AppIds;

namespace Lucid.Contracts.Access;

/// <content>
/// Cluster 07. The gateway is the only caller from outside the plane, and the payment gateway the only one it may call (its public routes); inside,
/// only those that build transactions may have them signed and broadcast.
/// </content>
public static partial class AllowMatrix
{
    private static IEnumerable<AllowRule> PaymentCluster() =>
    [
        .. from area in (string[])["payouts", "batches", "approvals", "limits", "kyc", "refunds"]
           from verb in (string[])["GET", "POST"]
           select new AllowRule(PaymentGateway, PayoutRouter, verb, $"/internal/v1/{area}/{{**rest}}"),
        .. from caller in (string[])[UsdtManager, TrxStaking]
           from rule in Rules(caller, PayoutRouter, "GET /internal/v1/approvals/{approval}")
           select rule,
        .. Rules(PaymentGateway, WalletManager, "GET /internal/v1/wallets/{**rest}", "POST /internal/v1/wallets/{**rest}", "DELETE /internal/v1/wallets/{**rest}"),
        .. Rules(PayoutRouter, WalletManager, "POST /internal/v1/sign/payout"),
        .. Rules(UsdtManager, WalletManager, "POST /internal/v1/sign/transfer"),
        .. Rules(TrxStaking, WalletManager, "POST /internal/v1/sign/staking"),
        .. Rules(PaymentGateway, UsdtManager, "GET /internal/v1/usdt/{**rest}", "POST /internal/v1/usdt/{**rest}"),
        .. Rules(PayoutRouter, UsdtManager, "POST /internal/v1/usdt/build", "GET /internal/v1/usdt/balance/{address}", "GET /internal/v1/usdt/status/{tx}"),
        .. Rules(PaymentGateway, TrxStaking, "GET /internal/v1/staking/{**rest}", "POST /internal/v1/staking/{**rest}"),
        .. Rules(PayoutRouter, TrxStaking, "GET /internal/v1/staking/resources/{address}"),
        .. from caller in (string[])[PaymentGateway, PayoutRouter, WalletManager, UsdtManager, TrxStaking]
           from rule in Rules(caller, TronClient,
               "GET /internal/v1/network/{**rest}", "GET /internal/v1/accounts/{**rest}", "GET /internal/v1/transactions/{**rest}", "GET /internal/v1/resources/{**rest}",
               "POST /internal/v1/constant-call")
           select rule,
        .. from caller in (string[])[PayoutRouter, UsdtManager, TrxStaking]
           from rule in Rules(caller, TronClient, "POST /internal/v1/broadcast")
           select rule,
    ];
}
