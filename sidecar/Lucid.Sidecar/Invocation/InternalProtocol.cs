using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Lucid.Sidecar.Invocation;

/// <summary>
/// Between processes sidecars speak plain HTTP/2 over mutual TLS. A request keeps its verb, headers, body and trailers; its path is
/// <c>/invoke/{method}</c> for HTTP and <c>/proxy/{package.Service}/{Method}</c> for gRPC, and <c>lucid-callee</c> names the app meant as
/// <c>app.namespace</c>. The caller is whoever the client certificate names. A refusal by the sidecar, as opposed to an answer of the
/// app, carries <c>lucid-refusal</c> with the gRPC status and its reason as text.
/// </summary>
internal static class InternalProtocol
{
    public const string InvokePrefix = "/invoke/";
    public const string ProxyPrefix = "/proxy";
    public const string CalleeHeader = "lucid-callee";
    public const string RefusalHeader = "lucid-refusal";

    /// <summary>Whether a certificate chains to this authority and no other.</summary>
    public static bool IsTrusted(X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }

    /// <summary>Client side of the handshake: the peer must be the app that is meant, of whatever trust domain.</summary>
    public static SslClientAuthenticationOptions ClientOptions(X509Certificate2 own, X509Certificate2 authority, InvocationTarget expected) => new()
    {
        TargetHost = expected.AppId,
        ClientCertificates = [own],
        LocalCertificateSelectionCallback = (_, _, _, _, _) => own,
        RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate is X509Certificate2 peer
            && IsTrusted(peer, authority)
            && CallerIdentity.FromCertificate(peer) is { } identity
            && identity.AppId == expected.AppId
            && identity.Namespace == expected.Namespace,
    };
}
