using static Lucid.Contracts.Access.RouteAccess;
using static Lucid.Contracts.Services.AppIds;

namespace Lucid.Contracts.Access;

/// <content>Cluster 07 (§3). What administrators do with money enters under <c>/admin/payments</c> and nowhere else.</content>
public static partial class PublicRouteTable
{
    private static IEnumerable<PublicRoute> PaymentRoutes() =>
    [
        .. Same(PaymentGateway, User,
            "GET /wallets", "GET /wallets/{wallet}", "DELETE /wallets/{wallet}", "GET /wallets/{wallet}/balance", "GET /wallets/{wallet}/transactions",
            "POST /wallets/{wallet}/transactions/{transaction}/signature",
            "POST /payments/{payment}/cancel",
            "GET /subscriptions/plans", "GET /subscriptions/current", "POST /subscriptions/subscribe", "POST /subscriptions/cancel",
            "GET /pricing/current", "POST /pricing/calculate",
            "GET /webhooks", "POST /webhooks", "DELETE /webhooks/{webhook}"),
        .. Same(PaymentGateway, User, "POST /wallets", "POST /wallets/import", "POST /wallets/{wallet}/transactions").Select(StepUp),
        .. Same(PaymentGateway, User, "POST /payments").Select(route => route with { Limit = "payment-create" }),
        .. Same(PaymentGateway, User, "GET /payments/{payment}").Select(route => route with { Limit = "payment-status" }),
        .. Same(PaymentGateway, User, "GET /payments/history").Select(route => route with { Limit = "payment-list" }),
        .. Same(PaymentGateway, Public, "POST /payments/webhook"), // its credential is the sender's HMAC
        .. Same(PaymentGateway, Admin, "GET /payments/reconciliation"),
        .. Same(PaymentGateway, Admin, "POST /payments/refund").Select(StepUp),
        .. Money(Admin, "/internal/v1",
            "GET /payouts", "POST /payouts", "GET /payouts/{payout}", "GET /payouts/{payout}/transaction", "POST /payouts/{payout}/cancel",
            "POST /payouts/batch", "POST /payouts/transactions/bulk", "GET /payouts/batches/{batch}", "GET /payouts/stats"),
        .. Money(Admin, "/internal/v1/admin",
            "POST /payouts/{payout}/approve", "POST /payouts/{payout}/reject", "POST /freeze", "POST /reconcile",
            "GET /staking/plan", "GET /staking/{subject}/{address}", "POST /staking/{action}", "GET /kyc/{node}", "POST /kyc/{node}/{action}"),
        .. Money(SuperAdmin, "/internal/v1/admin", "POST /unfreeze", "POST /limits", "POST /breaker/reset"),
    ];

    private static IEnumerable<PublicRoute> Money(RouteAccess access, string target, params string[] operations) =>
        Routed(PaymentGateway, access, "/api/v1/admin/payments", target, operations).Select(StepUp);
}
