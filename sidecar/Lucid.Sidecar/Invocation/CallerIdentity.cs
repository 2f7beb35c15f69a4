using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Lucid.Sidecar.Invocation;

/// <summary>
/// Who calls, as access control sees it. Minted by the caller's own sidecar inside a process, read from a verified
/// client certificate between processes; never taken from a header.
/// </summary>
public sealed record CallerIdentity(string TrustDomain, string Namespace, string AppId)
{
    private const string Scheme = "spiffe://";
    private const string SubjectAlternativeName = "2.5.29.17";

    /// <summary>The SPIFFE id: <c>spiffe://trust-domain/ns/namespace/app-id</c>.</summary>
    public override string ToString() => $"{Scheme}{TrustDomain}/ns/{Namespace}/{AppId}";

    /// <summary>The identity in a SPIFFE id; null when it has another form.</summary>
    public static CallerIdentity? Parse(string spiffeId)
    {
        var parts = spiffeId.Split('/');
        return spiffeId.StartsWith(Scheme, StringComparison.Ordinal) && parts.Length >= 6
            ? new CallerIdentity(parts[2], parts[4], parts[5])
            : null;
    }

    /// <summary>The first SPIFFE URI among the certificate's subject alternative names; null when it has none or it is malformed.</summary>
    public static CallerIdentity? FromCertificate(X509Certificate2 certificate)
    {
        foreach (var extension in certificate.Extensions)
        {
            if (extension.Oid?.Value != SubjectAlternativeName)
            {
                continue;
            }

            try
            {
                var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
                while (names.HasData)
                {
                    var uri = new Asn1Tag(TagClass.ContextSpecific, 6);
                    if (names.PeekTag().HasSameClassAndValue(uri))
                    {
                        var text = names.ReadCharacterString(UniversalTagNumber.IA5String, uri);
                        if (text.StartsWith(Scheme, StringComparison.Ordinal))
                        {
                            return Parse(text);
                        }
                    }
                    else
                    {
                        names.ReadEncodedValue();
                    }
                }
            }
            catch (AsnContentException)
            {
                return null;
            }
        }

        return null;
    }
}
