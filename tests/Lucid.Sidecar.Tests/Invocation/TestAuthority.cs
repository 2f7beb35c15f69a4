using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lucid.Sidecar.Hosting;
using Lucid.Sidecar.Invocation;

namespace Lucid.Sidecar.Tests.Invocation;

/// <summary>A certificate authority of a test.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 certificate;

    public TestAuthority()
    {
        var request = new CertificateRequest("CN=test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
    }

    public SidecarHostOptions Options() => new() { CertificateAuthority = certificate, IssueCertificate = Issue };

    public X509Certificate2 Issue(CallerIdentity identity)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={identity.AppId}", own, HashAlgorithmName.SHA256);
        var names = new AsnWriter(AsnEncodingRules.DER);
        using (names.PushSequence())
        {
            names.WriteCharacterString(UniversalTagNumber.IA5String, identity.ToString(), new Asn1Tag(TagClass.ContextSpecific, 6));
        }

        request.CertificateExtensions.Add(new X509Extension("2.5.29.17", names.Encode(), false));
        var issued = request.Create(certificate, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(50), Guid.NewGuid().ToByteArray());
        return issued.CopyWithPrivateKey(own);
    }

    public void Dispose()
    {
        certificate.Dispose();
        key.Dispose();
    }
}
