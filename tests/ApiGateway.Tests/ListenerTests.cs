using System.Net.Sockets;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Lucid.ApiGateway.Tests.Support;
using Lucid.ServiceDefaults;

namespace Lucid.ApiGateway.Tests;

public class ListenerTests
{
    [Fact]
    public async Task Https_is_served_with_tls_1_3_and_hsts()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
            var (cert, pem) = (Path.Combine(folder.FullName, "cert.pem"), Path.Combine(folder.FullName, "key.pem"));
            await File.WriteAllTextAsync(cert, certificate.ExportCertificatePem());
            await File.WriteAllTextAsync(pem, key.ExportPkcs8PrivateKeyPem());
            await using var gateway = await Gateway.StartAsync([$"--SSL_CERT_PATH={cert}", $"--SSL_KEY_PATH={pem}", "--HTTPS_PORT=0"]);

            using var socket = new TcpClient();
            await socket.ConnectAsync(gateway.Secure.Host, gateway.Secure.Port);
            await using var tls = new SslStream(socket.GetStream(), false, (_, presented, _, _) => presented!.GetCertHashString() == certificate.GetCertHashString());
            await tls.AuthenticateAsClientAsync("localhost");
            Assert.Equal(SslProtocols.Tls13, tls.SslProtocol);
            await tls.WriteAsync(Encoding.ASCII.GetBytes("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
            var answer = await new StreamReader(tls).ReadToEndAsync();
            Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
            Assert.Contains("Strict-Transport-Security: max-age=31536000; includeSubDomains", answer, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("ALLOWED_HOSTS", "--ALLOWED_HOSTS=*")]
    [InlineData("ALLOWED_HOSTS")]
    [InlineData("CORS_ORIGINS", "--ALLOWED_HOSTS=a.example", "--CORS_ORIGINS=*")]
    [InlineData("CORS_ORIGINS", "--ALLOWED_HOSTS=a.example", "--CORS_ORIGINS=a.example")]
    [InlineData("RATE_LIMIT_ENABLED", "--ALLOWED_HOSTS=a.example", "--RATE_LIMIT_ENABLED=false")]
    [InlineData("TRUSTED_PROXIES", "--ALLOWED_HOSTS=a.example", "--TRUSTED_PROXIES=everybody")]
    [InlineData("SSL_CERT_PATH", "--ALLOWED_HOSTS=a.example", "--SSL_CERT_PATH=/nowhere.pem")]
    public async Task Production_refuses_to_start_with_what_would_open_the_edge(string variable, params string[] settings)
    {
        var refused = await Assert.ThrowsAsync<LucidConfigurationException>(() => Gateway.StartAsync(["--ENVIRONMENT=production", .. settings]));
        Assert.Contains(variable, refused.Message, StringComparison.Ordinal);
    }
}
