using static Lucid.Contracts.Access.RouteAccess;
using static Lucid.Contracts.Services.AppIds;

namespace Lucid.Contracts.Access;

/// <summary>The public surface (gateway §4). Order does not matter: literal segments win over parameters.</summary>
public static partial class PublicRouteTable
{
    /// <summary>Largest ingest request: one fragment group.</summary>
    public const long MaxFragmentGroup = 10 << 20;

    public static IReadOnlyList<PublicRoute> All { get; } =
    [
        new("GET", "/.well-known/jwks.json", AuthService, Routes.Jwks, Public),
        .. AuthRoutes(),
        .. SessionRoutes(),
        .. ChainRoutes(),
        .. DesktopRoutes(),
        .. NodeRoutes(),
        .. AdminRoutes(),
        .. PaymentRoutes(),
    ];

    private static IEnumerable<PublicRoute> AuthRoutes()
    {
        yield return Auth("POST", "/auth/challenge", Public) with { Limit = "auth-challenge", TimeoutSeconds = 10 };
        yield return Auth("POST", "/auth/login", Public) with { Limit = "auth-login", TimeoutSeconds = 10 };
        yield return Auth("POST", "/auth/refresh", Public) with { Limit = "auth-refresh", TimeoutSeconds = 10 };
        yield return Auth("POST", "/auth/step-up", User) with { Limit = "auth-login", TimeoutSeconds = 10 };
        yield return Auth("POST", "/auth/logout", User);
        yield return Auth("GET", "/auth/status", User);
        yield return Auth("GET", "/auth/permissions", User);
        yield return Auth("GET", "/auth/sessions", User);
        yield return Auth("DELETE", "/auth/sessions/{login}", User);
        yield return Auth("POST", "/auth/sessions/terminate-all", User);
        yield return Auth("GET", "/users/me", User);
        yield return Auth("GET", "/users/me/encryption-keys", User);
        yield return Auth("POST", "/users/me/encryption-keys", User);
        yield return Auth("DELETE", "/users/me/encryption-keys/{kid}", User) with { StepUp = true };
    }

    private static IEnumerable<PublicRoute> SessionRoutes()
    {
        yield return Sessions("POST", "", User);
        yield return Sessions("GET", "", User);
        yield return Sessions("GET", "/{session}", User);
        yield return Sessions("PUT", "/{session}", User);
        yield return Sessions("DELETE", "/{session}", User);
        foreach (var command in (string[])["start", "stop", "pause", "resume", "cancel"])
        {
            yield return Sessions("POST", $"/{{session}}/{command}", User);
        }

        yield return Sessions("GET", "/{session}/ingest", User);
        yield return Sessions("PUT", "/{session}/ingest/{epoch}/{run}/{offset}", User) with { MaxBody = MaxFragmentGroup, IsBinary = true, Limit = "ingest" };
        yield return Sessions("GET", "/{session}/chunks", User);
        yield return Sessions("GET", "/{session}/chunks/{index}", User);
        yield return Sessions("GET", "/{session}/chunks/{index}/download", User);
        yield return Sessions("GET", "/{session}/chunks/{index}/proof", User);
        yield return Sessions("GET", "/{session}/manifest", User);
        yield return Sessions("GET", "/{session}/anchoring", User);
        yield return Sessions("GET", "/{session}/anchor-receipt", User);
        yield return Sessions("GET", "/{session}/bundle", User) with { TimeoutSeconds = 60 };
        yield return Sessions("GET", "/{session}/pipeline", User);
        yield return Sessions("POST", "/{session}/pipeline/retry", Admin);
        yield return Sessions("POST", "/{session}/pipeline/finalise", Admin);
        yield return Sessions("GET", "/{session}/statistics", User);
        yield return new("POST", "/api/v1/consents", SessionApi, "/api/v1/consents", User);
        yield return new("GET", "/api/v1/consents/{consent}", SessionApi, "/api/v1/consents/{consent}", User);
        yield return new("DELETE", "/api/v1/consents/{consent}", SessionApi, "/api/v1/consents/{consent}", User);
    }

    private static IEnumerable<PublicRoute> ChainRoutes()
    {
        foreach (var read in (string[])["info", "status", "height", "genesis", "tree-head", "consistency", "validators"])
        {
            yield return Chain("GET", $"/{read}", $"/api/v1/chain/{read}", Public);
        }

        yield return Chain("GET", "/blocks", "/api/v1/blocks", Public);
        yield return Chain("GET", "/blocks/latest", Routes.Engine.LatestBlock, Public);
        yield return Chain("GET", "/blocks/height/{height}", Routes.Engine.BlockByHeight, Public);
        yield return Chain("GET", "/blocks/{block}", "/api/v1/blocks/{block}", Public);
        yield return Chain("GET", "/blocks/{block}/proof", Routes.Engine.BlockProof, Public);
        yield return Chain("GET", "/transactions/{tx}", Routes.Engine.TransactionById, User);
        yield return Chain("GET", "/transactions/{tx}/proof", Routes.Engine.TransactionProof, Public);
        yield return Chain("POST", "/merkle/verify", "/api/v1/merkle/verify", Public);
        yield return new("POST", "/api/v1/chain/anchoring/verify", SessionAnchoring, Routes.Anchoring.Verify, Public) { TimeoutSeconds = 10 };
    }

    private static PublicRoute Auth(string verb, string path, RouteAccess access) =>
        new(verb, $"/api/v1{path}", AuthService, path, access);

    private static PublicRoute Sessions(string verb, string path, RouteAccess access) =>
        new(verb, $"/api/v1/sessions{path}", SessionApi, $"/api/v1/sessions{path}", access);

    private static PublicRoute Chain(string verb, string path, string target, RouteAccess access) =>
        new(verb, $"/api/v1/chain{path}", BlockchainEngine, target, access) { TimeoutSeconds = 10, Limit = "chain-read" };

    /// <param name="operations">Verb and path below <c>/api/v1</c> each, the same for the owner: <c>GET /things/{thing}</c>.</param>
    private static IEnumerable<PublicRoute> Same(string app, RouteAccess access, params string[] operations) =>
        Routed(app, access, "/api/v1", "/api/v1", operations);

    private static IEnumerable<PublicRoute> Routed(string app, RouteAccess access, string prefix, string target, params string[] operations) =>
        operations.Select(operation => operation.Split(' ')).Select(parts => new PublicRoute(parts[0], prefix + parts[1], app, target + parts[1], access));

    private static PublicRoute StepUp(PublicRoute route) => route with { StepUp = true };
}
