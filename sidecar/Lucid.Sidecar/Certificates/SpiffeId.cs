namespace Lucid.Sidecar.Certificates;

/// <summary>A workload's identity as Dapr writes it: <c>spiffe://&lt;trust domain&gt;/ns/&lt;namespace&gt;/&lt;app-id&gt;</c>.</summary>
public sealed record SpiffeId(string TrustDomain, string Namespace, string AppId)
{
    private const string Scheme = "spiffe://";

    /// <summary>Null when <paramref name="uri"/> is no identity of this form: exactly four parts, none empty, no query, no escapes.</summary>
    public static SpiffeId? Parse(string uri) =>
        uri.StartsWith(Scheme, StringComparison.Ordinal)
        && uri[Scheme.Length..].Split('/') is [var domain, "ns", var @namespace, var appId]
        && IsPlain(domain) && IsPlain(@namespace) && IsPlain(appId)
            ? new SpiffeId(domain, @namespace, appId)
            : null;

    public override string ToString() => $"{Scheme}{TrustDomain}/ns/{Namespace}/{AppId}";

    /// <summary>The letters SPIFFE allows in a path segment.</summary>
    private static bool IsPlain(string part) =>
        part is not ("" or "." or "..") && part.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
}
