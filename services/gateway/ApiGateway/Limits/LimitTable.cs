using Lucid.ApiGateway.Edge;
using Lucid.Contracts.Access;
using Lucid.Contracts.Auth;
using Lucid.ServiceDefaults;

namespace Lucid.ApiGateway.Limits;

/// <summary>Which limits a request meets (gateway §6).</summary>
internal sealed class LimitTable
{
    /// <summary>Named limits of routes that count by client address, before log-in.</summary>
    private static readonly Dictionary<string, RateRule> ByAddress = new(StringComparer.Ordinal)
    {
        ["auth-login"] = new("auth-login", 10, TimeSpan.FromSeconds(300)),
        ["auth-challenge"] = new("auth-challenge", 20),
        ["auth-refresh"] = new("auth-refresh", 30),
    };

    /// <summary>Named limits that count by user; null: the tier is enough, the owner limits bytes.</summary>
    private static readonly Dictionary<string, RateRule?> ByUser = new(StringComparer.Ordinal)
    {
        ["chain-read"] = new("chain-read", 500),
        ["ingest"] = null,
        ["payment-create"] = new("payment-create", 100),
        ["payment-status"] = new("payment-status", 500),
        ["payment-list"] = new("payment-list", 200),
    };

    private static readonly RateRule Guard = new("guard", 1000, TimeSpan.FromSeconds(60));

    private readonly bool _isOn;
    private readonly RateRule _public;
    private readonly RateRule _user;
    private readonly RateRule _node;
    private readonly RateRule _admin;

    public LimitTable(LimitOptions options, bool isDevelopment)
    {
        _isOn = options.RateLimitEnabled ?? !isDevelopment;
        _public = new("public", options.PublicPerMinute ?? (isDevelopment ? 10_000 : 100));
        _user = new("user", options.UserPerMinute ?? (isDevelopment ? 100_000 : 1000));
        _node = new("node-operator", options.NodePerMinute ?? (isDevelopment ? 100_000 : 5000));
        _admin = new("admin", options.AdminPerMinute ?? (isDevelopment ? 1_000_000 : 10_000));
    }

    /// <summary>Limit names of <see cref="PublicRouteTable"/> that have no rule here; must be none.</summary>
    public static IEnumerable<string> Unknown(IEnumerable<PublicRoute> routes) =>
        routes.Select(route => route.Limit).OfType<string>().Where(name => !ByAddress.ContainsKey(name) && !ByUser.ContainsKey(name)).Distinct();

    public IReadOnlyList<RateCharge> OfAddress(EdgeRequest request, bool hasCredential)
    {
        if (!_isOn)
        {
            return [];
        }

        var key = ClientAddress.KeyOf(request.Client);
        List<RateCharge> charges = hasCredential ? [new(Guard, key, 0)] : [new(Guard, key), new(_public, key)];
        if (request.Route?.Limit is { } name && ByAddress.TryGetValue(name, out var rule))
        {
            charges.Add(new(rule, key));
        }

        return charges;
    }

    public IReadOnlyList<RateCharge> OfFailedLogin(EdgeRequest request) => _isOn ? [new(Guard, ClientAddress.KeyOf(request.Client))] : [];

    public IReadOnlyList<RateCharge> OfPrincipal(EdgeRequest request, UserContext user)
    {
        if (!_isOn)
        {
            return [];
        }

        var key = user.UserId.ToString();
        List<RateCharge> charges = [new(TierOf(user.Role), key)];
        if (request.Route?.Limit is { } name && ByUser.GetValueOrDefault(name) is { } rule)
        {
            charges.Add(new(rule, key));
        }

        return charges;
    }

    private RateRule TierOf(string role) => role.ToLowerInvariant() switch
    {
        UserRoles.Admin or UserRoles.SuperAdmin => _admin,
        UserRoles.NodeOperator => _node,
        _ => _user,
    };
}
