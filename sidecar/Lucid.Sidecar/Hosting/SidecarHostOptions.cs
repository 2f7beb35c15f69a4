using System.Security.Cryptography.X509Certificates;
using Lucid.Sidecar.Invocation;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lucid.Sidecar.Hosting;

/// <summary>Settings that the sidecars of one process share.</summary>
public sealed record SidecarHostOptions
{
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>
    /// Whether sidecars vouch for each other's identity. False is daprd without mTLS: nobody has an identity, and access control
    /// decides by its global action alone. A Configuration with <c>mtls.enabled: false</c> has the same effect for its app.
    /// </summary>
    public bool MutualAuthentication { get; init; } = true;

    /// <summary>Makes the certificate, with private key, of an app of this process, for calls between processes. Null: there are none.</summary>
    public Func<CallerIdentity, X509Certificate2>? IssueCertificate { get; init; }

    /// <summary>The only authority whose certificates are accepted from other processes.</summary>
    public X509Certificate2? CertificateAuthority { get; init; }

    /// <summary>Internal addresses of apps in other processes: <c>app.namespace</c> → <c>host:port</c>.</summary>
    public IReadOnlyDictionary<string, string> Addresses { get; init; } = new Dictionary<string, string>();
}
