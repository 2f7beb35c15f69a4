using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Dapr;
using Lucid.Contracts.Access;

namespace Lucid.ServiceDefaults.Wall;

/// <summary>Where the permissions of a callee come from; <see cref="AllowMatrix.For"/> but in tests.</summary>
internal delegate IReadOnlyList<AllowRule> AllowRules(string callee);

/// <summary>
/// The callee's own check behind the sidecar's access control (DESIGN §3), the same under every runtime: sidecar token, caller, verb, route.
/// Unknown means no.
/// </summary>
internal sealed class SecondWall
{
    private const string SelfPrefix = "/internal/self";

    private readonly byte[]? _token;
    private readonly FrozenSet<(string Caller, string Namespace, string Verb, string Template)> _allowed;
    private readonly (string Caller, string Namespace, string Verb, string Prefix)[] _allowedBelow;
    private readonly ConcurrentDictionary<RouteEndpoint, string> _templates = new();

    public SecondWall(ServiceRuntime runtime, AllowRules rules)
    {
        _token = runtime.AppToken is { } token ? Hash(token) : null;
        var spelled = rules(runtime.AppId)
            .Select(rule => (rule.Caller, ServiceTable.Get(rule.Caller).Namespace, rule.Verb, Template: RouteTemplate.Normalise(rule.Template)))
            .ToArray();
        _allowed = spelled.ToFrozenSet();
        _allowedBelow = [.. spelled.Where(r => r.Template.EndsWith("/{**}", StringComparison.Ordinal)).Select(r => r with { Template = r.Template[..^"{**}".Length] })];
    }

    /// <summary>Probes answer without a token as long as nobody routes them here.</summary>
    public static bool IsProbePath(PathString path) =>
        path.StartsWithSegments("/health", StringComparison.Ordinal) || path == "/healthz" || path == "/metrics";

    public Verdict Judge(HttpRequest request, Endpoint? endpoint)
    {
        var callers = request.Headers[LucidHeaders.DaprCallerAppId];
        var namespaces = request.Headers[LucidHeaders.DaprCallerNamespace];
        if (callers.Count > 1 || namespaces.Count > 1)
        {
            return Verdict.BadCaller;
        }

        var caller = callers.Count == 0 ? null : callers[0];
        if (caller is null && (IsProbePath(request.Path) || endpoint?.Metadata.GetMetadata<ProbeEndpoint>() is not null))
        {
            return Verdict.Pass;
        }

        if (!HasToken(request))
        {
            return Verdict.NoToken;
        }

        if (endpoint is not RouteEndpoint route)
        {
            return Verdict.Pass; // nothing is served there: the 404 or 405 may be told
        }

        if (caller is null)
        {
            return IsSidecarOnly(request.Path, route) || IsSelf(request.Path) ? Verdict.Pass : Verdict.NoCaller;
        }

        if (IsSidecarOnly(request.Path, route) || IsSelf(request.Path))
        {
            return Verdict.SidecarOnly;
        }

        return IsAllowed(caller, namespaces.ToString(), request.Method, _templates.GetOrAdd(route, static r => RouteTemplate.Normalise(r.RoutePattern.RawText ?? "/")))
            ? Verdict.Pass
            : Verdict.NotAllowed;
    }

    private bool IsAllowed(string caller, string @namespace, string verb, string template) =>
        _allowed.Contains((caller, @namespace, verb, template))
        || _allowedBelow.Any(rule => rule.Caller == caller && rule.Namespace == @namespace && rule.Verb == verb && (template + "/").StartsWith(rule.Prefix, StringComparison.Ordinal));

    private bool HasToken(HttpRequest request)
    {
        if (_token is null)
        {
            return true; // start-up allows this in development tests only
        }

        var given = request.Headers[LucidHeaders.DaprApiToken];
        return given.Count == 1 && given[0] is { } token && CryptographicOperations.FixedTimeEquals(Hash(token), _token);
    }

    private static bool IsSidecarOnly(PathString path, RouteEndpoint route) =>
        path.StartsWithSegments("/dapr", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/actors", StringComparison.OrdinalIgnoreCase)
        || route.Metadata.GetMetadata<ITopicMetadata>() is not null;

    private static bool IsSelf(PathString path) => path.StartsWithSegments(SelfPrefix, StringComparison.OrdinalIgnoreCase);

    // Hashing first makes both sides the same length, so that the comparison tells nothing about it.
    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
