namespace Lucid.Evidence;

/// <summary>A manifest against the keys that were in force when it was anchored.</summary>
public static class ManifestCheck
{
    /// <exception cref="EvidenceException">Unsigned, signed by a key that is not named, or a signature that does not verify.</exception>
    public static void Signature(Manifest manifest, AuthoritySet authority)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(authority);
        if (manifest.Signature is not { } signature)
        {
            throw new EvidenceException(EvidenceFault.ManifestSignature, "The manifest is not signed.");
        }

        if (authority.ManifestKey(signature.Kid) is not { } key)
        {
            throw new EvidenceException(EvidenceFault.ManifestKeyUnknown, $"The manifest is signed by key {signature.Kid}, which the chain does not name at that height.");
        }

        if (!manifest.Verify(key))
        {
            throw new EvidenceException(EvidenceFault.ManifestSignature, "The signature of the manifest does not verify.");
        }
    }
}
