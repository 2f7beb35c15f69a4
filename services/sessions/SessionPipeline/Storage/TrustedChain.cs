using Lucid.Evidence;

namespace Lucid.SessionPipeline.Storage;

/// <summary>The genesis hash that receipts must lead to; null where none is configured, outside production only.</summary>
public sealed record TrustedChain(Digest? GenesisHash)
{
    /// <exception cref="EvidenceException">The file is no genesis document, or the hash is no hash.</exception>
    public static TrustedChain From(PipelineOptions options)
    {
        if (options.GenesisHash is { Length: > 0 } hash)
        {
            return new(Digest.Parse(hash));
        }

        return new(options.GenesisFile is { Length: > 0 } file ? Genesis.Parse(File.ReadAllBytes(file)).Hash : null);
    }
}
