using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lucid.Sidecar.Invocation;

namespace Lucid.Sidecar.Certificates;

/// <summary>
/// The certificate authority of one development machine: ECDSA P-256, its key in a folder that only the owner can read. It vouches for
/// sidecars on this machine towards each other, as Dapr's sentry does elsewhere, and for nothing else.
/// </summary>
public sealed class DevelopmentAuthority : IDisposable
{
    /// <summary>Longer than a working session, so that nothing must be renewed during one.</summary>
    public static readonly TimeSpan LeafLifetime = TimeSpan.FromDays(7);

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);

    private readonly X509Certificate2 certificate;
    private readonly X509Certificate2 withoutKey;
    private readonly TimeProvider time;

    private DevelopmentAuthority(X509Certificate2 certificate, TimeProvider time)
    {
        this.certificate = certificate;
        this.time = time;
        withoutKey = X509CertificateLoader.LoadCertificate(certificate.RawData);
    }

    /// <summary>The authority's certificate, without its key: what the other end of a connection must chain to.</summary>
    public X509Certificate2 Certificate => withoutKey;

    /// <summary>Opens the authority in <paramref name="folder"/> (<c>ca.key</c>, <c>ca.crt</c>), or makes it there.</summary>
    /// <exception cref="AuthorityException">The files cannot be used, or others can read the key.</exception>
    public static DevelopmentAuthority OpenOrCreate(string folder, TimeProvider time)
    {
        PrivateFiles.CreateDirectory(folder);
        using var exclusive = Lock(Path.Combine(folder, "lock"), time);
        var (key, crt) = (Path.Combine(folder, "ca.key"), Path.Combine(folder, "ca.crt"));

        // The certificate is written last: a key without one is the trace of a start that was cut off.
        if (!File.Exists(crt))
        {
            Create(key, crt, time);
        }

        return Open(key, crt, time);
    }

    /// <summary>A certificate with its key for one app's sidecar, good for both ends of a connection.</summary>
    public X509Certificate2 Issue(CallerIdentity identity, TimeSpan lifetime)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={identity.AppId}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication), new Oid(ClientAuthentication)], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(certificate, true, false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(identity.ToString()));
        request.CertificateExtensions.Add(names.Build(critical: true));

        var now = time.GetUtcNow();
        using var leaf = request.Create(certificate, now - Skew, now + lifetime, Serial());
        return leaf.CopyWithPrivateKey(key);
    }

    public void Dispose()
    {
        certificate.Dispose();
        withoutKey.Dispose();
    }

    private static void Create(string keyPath, string certificatePath, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Lucid development authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = time.GetUtcNow();
        using var root = request.CreateSelfSigned(now - Skew, now + Lifetime);
        PrivateFiles.Write(keyPath, key.ExportPkcs8PrivateKeyPem());
        PrivateFiles.Write(certificatePath, root.ExportCertificatePem());
    }

    private static DevelopmentAuthority Open(string key, string crt, TimeProvider time)
    {
        X509Certificate2 certificate;
        try
        {
            if (PrivateFiles.IsOpenToOthers(key))
            {
                throw new AuthorityException($"{key} can be read by others: remove the folder {Path.GetDirectoryName(key)}, a new authority is made at the next start");
            }

            certificate = X509Certificate2.CreateFromPemFile(crt, key);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new AuthorityException($"the development authority in {Path.GetDirectoryName(key)} cannot be used ({error.Message}): remove the folder, a new one is made", error);
        }

        var now = time.GetUtcNow();
        if (now > certificate.NotAfter || now < certificate.NotBefore)
        {
            certificate.Dispose();
            throw new AuthorityException($"the development authority in {Path.GetDirectoryName(key)} is out of its time: remove the folder, a new one is made");
        }

        return new DevelopmentAuthority(certificate, time);
    }

    /// <summary>One maker at a time: two sidecars that start together must end up with one authority.</summary>
    private static FileStream Lock(string path, TimeProvider time)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (time.GetElapsedTime(begun) < TimeSpan.FromSeconds(10))
            {
                Thread.Sleep(20);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new AuthorityException($"{path} cannot be locked: {error.Message}", error);
            }
        }
    }

    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40); // positive, and always of the same length
        return serial;
    }
}

/// <summary>The development authority cannot be opened or made.</summary>
public sealed class AuthorityException(string message, Exception? inner = null) : Exception(message, inner);
