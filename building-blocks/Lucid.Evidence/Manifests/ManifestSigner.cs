using System.Security.Cryptography;

namespace Lucid.Evidence;

/// <summary>Signs manifests with ES256 (ECDSA on P-256 with SHA-256, r ‖ s of 64 bytes).</summary>
public static class ManifestSigner
{
    /// <exception cref="EvidenceException">The key is not on P-256, or the manifest breaks its own rules.</exception>
    public static Manifest Sign(Manifest manifest, ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(key);
        ManifestRules.Check(manifest);
        var kid = ManifestKey.From(key).Kid;
        var signature = key.SignData(manifest.SignedBytes(), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return manifest with { Signature = new ManifestSignature(kid, new Signature64(signature)) };
    }
}
