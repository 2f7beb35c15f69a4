using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Lucid.Sidecar.Certificates;
using Lucid.Sidecar.Invocation;
using Lucid.Sidecar.Tests.Resources;
using Microsoft.Extensions.Time.Testing;

namespace Lucid.Sidecar.Tests.Certificates;

public sealed class DevelopmentAuthorityTests : IDisposable
{
    private static readonly CallerIdentity Shop = new("lucid.internal", "lucid", "shop");
    private static readonly CallerIdentity Till = new("lucid.internal", "lucid", "till");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Two_apps_of_one_authority_know_each_other_by_name()
    {
        using var authority = Open("ca");
        using var shop = authority.Issue(Shop, DevelopmentAuthority.LeafLifetime);
        using var till = authority.Issue(Till, DevelopmentAuthority.LeafLifetime);

        var seen = await HandshakeAsync(server: till, client: shop, authority.Certificate, expected: Till);

        Assert.Equal(Shop, CallerIdentity.FromCertificate(seen!));
    }

    [Fact]
    public async Task A_client_without_a_certificate_is_refused()
    {
        using var authority = Open("ca");
        using var till = authority.Issue(Till, DevelopmentAuthority.LeafLifetime);

        await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(till, client: null, authority.Certificate, Till));
    }

    [Fact]
    public async Task A_client_of_a_foreign_authority_is_refused_though_it_has_the_same_name()
    {
        using var authority = Open("ca");
        using var foreign = Open("foreign");
        using var till = authority.Issue(Till, DevelopmentAuthority.LeafLifetime);
        using var impostor = foreign.Issue(Shop, DevelopmentAuthority.LeafLifetime);

        Assert.Equal(authority.Certificate.Subject, foreign.Certificate.Subject);
        Assert.False(InternalProtocol.IsTrusted(impostor, authority.Certificate));
        await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(till, impostor, authority.Certificate, Till));
    }

    [Fact]
    public async Task A_server_that_is_another_app_or_of_a_foreign_authority_is_refused()
    {
        using var authority = Open("ca");
        using var foreign = Open("foreign");
        using var shop = authority.Issue(Shop, DevelopmentAuthority.LeafLifetime);
        using var impostor = foreign.Issue(Till, DevelopmentAuthority.LeafLifetime);

        await Assert.ThrowsAnyAsync<AuthenticationException>(() => HandshakeAsync(server: impostor, shop, authority.Certificate, expected: Till));
        await Assert.ThrowsAnyAsync<AuthenticationException>(() => HandshakeAsync(server: shop, shop, authority.Certificate, expected: Till));
    }

    [Fact]
    public void A_certificate_names_its_app_is_short_lived_and_is_no_authority()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var authority = DevelopmentAuthority.OpenOrCreate(Path.Combine(folder.Path, "ca"), time);
        using var leaf = authority.Issue(Shop, TimeSpan.FromHours(1));

        Assert.Equal("spiffe://lucid.internal/ns/lucid/shop", CallerIdentity.FromCertificate(leaf)!.ToString());
        Assert.Equal(time.GetUtcNow().AddHours(1), leaf.NotAfter.ToUniversalTime(), TimeSpan.FromSeconds(1));
        Assert.False(leaf.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.True(leaf.HasPrivateKey);
        Assert.False(authority.Certificate.HasPrivateKey);
        Assert.Equal("1.2.840.10045.3.1.7", leaf.GetECDsaPublicKey()!.ExportParameters(false).Curve.Oid.Value);
    }

    [Fact]
    public void An_authority_is_made_once_with_a_key_for_its_owner_only()
    {
        using var first = Open("ca");
        using var second = Open("ca");

        Assert.Equal(first.Certificate.Thumbprint, second.Certificate.Thumbprint);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder.Path, "ca", "ca.key")));
    }

    [Fact]
    public async Task Many_that_start_together_share_one_authority()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Open("ca"))));

        Assert.Single(made.Select(authority => authority.Certificate.Thumbprint).Distinct());
        Array.ForEach(made, authority => authority.Dispose());
    }

    [Fact]
    public void A_start_that_was_cut_off_after_the_key_is_made_good()
    {
        Directory.CreateDirectory(Path.Combine(folder.Path, "ca"));
        folder.Write("ca/ca.key", "half a k");

        using var authority = Open("ca");
        using var leaf = authority.Issue(Shop, DevelopmentAuthority.LeafLifetime);

        Assert.True(InternalProtocol.IsTrusted(leaf, authority.Certificate));
    }

    [Fact]
    public void A_key_that_others_can_read_a_broken_file_and_an_authority_out_of_its_time_are_refused()
    {
        Open("ca").Dispose();
        var key = Path.Combine(folder.Path, "ca", "ca.key");

        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains("can be read by others", Assert.Throws<AuthorityException>(() => Open("ca")).Message, StringComparison.Ordinal);

        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var late = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddYears(11));
        Assert.Contains("out of its time", Assert.Throws<AuthorityException>(() => DevelopmentAuthority.OpenOrCreate(Path.Combine(folder.Path, "ca"), late)).Message, StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(folder.Path, "ca", "ca.crt"), "no certificate");
        Assert.Contains("cannot be used", Assert.Throws<AuthorityException>(() => Open("ca")).Message, StringComparison.Ordinal);
    }

    private DevelopmentAuthority Open(string name) => DevelopmentAuthority.OpenOrCreate(Path.Combine(folder.Path, name), TimeProvider.System);

    /// <summary>A mutual TLS handshake with the options that sidecars use; the certificate that the server saw.</summary>
    private static async Task<X509Certificate2?> HandshakeAsync(X509Certificate2 server, X509Certificate2? client, X509Certificate2 authority, CallerIdentity expected)
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        using var outgoing = new System.Net.Sockets.TcpClient();
        await outgoing.ConnectAsync((System.Net.IPEndPoint)listener.LocalEndpoint);
        using var incoming = await listener.AcceptTcpClientAsync();
        await using var clientSide = new SslStream(outgoing.GetStream());
        await using var serverSide = new SslStream(incoming.GetStream());
        var options = InternalProtocol.ClientOptions(client ?? server, authority, new InvocationTarget(expected.AppId, expected.Namespace));
        if (client is null)
        {
            options.ClientCertificates = null;
            options.LocalCertificateSelectionCallback = null;
        }

        var accepting = serverSide.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = server,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, peer, _, _) => peer is X509Certificate2 certificate && InternalProtocol.IsTrusted(certificate, authority),
        });
        try
        {
            await clientSide.AuthenticateAsClientAsync(options);
        }
        catch
        {
            // With TLS 1.3 the server may have finished before the client refuses it.
            outgoing.Close();
            await Task.WhenAny(accepting);
            throw;
        }

        await accepting;
        return (X509Certificate2?)serverSide.RemoteCertificate;
    }
}
