using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Lucid.ApiGateway.Edge;

/// <summary>The certificate of the HTTPS listener; a renewed file is taken up within a minute. TLS 1.3 only.</summary>
internal sealed class TlsCertificate(string certPath, string keyPath, TimeProvider clock)
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private SslServerAuthenticationOptions? _current;
    private DateTime _written;
    private long _checked;

    public ValueTask<SslServerAuthenticationOptions> HandshakeAsync(SslStream stream, SslClientHelloInfo hello, object? state, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_current is null || clock.GetElapsedTime(_checked) >= CheckInterval)
            {
                _checked = clock.GetTimestamp();
                var written = File.GetLastWriteTimeUtc(certPath);
                if (_current is null || written != _written)
                {
                    _current = Load();
                    _written = written;
                }
            }

            return ValueTask.FromResult(_current);
        }
    }

    private SslServerAuthenticationOptions Load()
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certPath);
        return new SslServerAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls13,
            ServerCertificateContext = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(certPath, keyPath), chain, offline: true),
        };
    }
}
