namespace Lucid.Evidence;

/// <summary>What must hold between the fields of a manifest, for writers and readers alike.</summary>
internal static class ManifestRules
{
    /// <exception cref="EvidenceException">Naming the first rule that does not hold.</exception>
    public static void Check(Manifest manifest)
    {
        Require(manifest.ManifestVersion >= 1 && (manifest.ManifestVersion == 1) == (manifest.PreviousManifestHash is null), "version 1 has no previous manifest, later versions name it");
        Require(manifest.Session.StartedAt <= manifest.Session.EndedAt, "the session ends before it starts");
        Require(manifest.Session.Paused.All(p => p.FromMs <= p.ToMs) && manifest.Session.Gaps.All(g => g.FromMs <= g.ToMs), "a pause or gap ends before it starts");
        Require(manifest.Crypto.Custody is ManifestCrypto.CustodyOwner or ManifestCrypto.CustodyOwnerAndPlatform, "unknown custody");
        Require(manifest.Crypto.Recipients.Select(r => r.Kid).Distinct(StringComparer.Ordinal).Count() == manifest.Crypto.Recipients.Length, "a recipient is named twice");
        Require(manifest.Chunks.Length is > 0 and <= (int)SessionTree.MaxLeaves, "a manifest has 1 to 1,048,576 chunks");
        CheckIndices(manifest);
        foreach (var chunk in manifest.Chunks)
        {
            CheckChunk(chunk);
        }

        Require(manifest.Merkle.TreeSize == manifest.Chunks.Length && manifest.Merkle.Height == MerkleHash.Height(manifest.Chunks.Length), "size or height of the tree do not fit the chunks");
        Require(manifest.Merkle.Root == SessionTree.Root(manifest.Chunks.Select(c => c.ChunkHash)), "the Merkle root is not the root of the chunk hashes");
    }

    // Stored and missing indices, merged, count 0, 1, 2 … without hole or repetition.
    private static void CheckIndices(Manifest manifest)
    {
        var missing = 0;
        long next = 0;
        foreach (var chunk in manifest.Chunks)
        {
            while (missing < manifest.Missing.Length && manifest.Missing[missing] == next)
            {
                missing++;
                next++;
            }

            Require(chunk.Index == next, $"chunk {next} is neither stored nor listed as missing, or is out of order");
            next++;
        }

        for (; missing < manifest.Missing.Length; missing++, next++)
        {
            Require(manifest.Missing[missing] == next && next < SessionTree.MaxLeaves, "the list of missing chunks is not in order");
        }
    }

    private static void CheckChunk(ManifestChunk chunk)
    {
        Require(chunk.StartMs <= chunk.EndMs, $"chunk {chunk.Index} ends before it starts");
        Require(chunk.CipherLength is >= ChunkHeader.Size + ChunkHeader.TagSize and <= ChunkHeader.MaxFileLength, $"chunk {chunk.Index} has an impossible file length");
        Require(chunk.PlainLength is >= 0 and <= ChunkHeader.MaxPlainLength, $"chunk {chunk.Index} has an impossible plain length");
        Require(
            chunk.Compression == ChunkCompression.Zstd
                ? chunk.CipherLength < ChunkHeader.FileLengthFor(chunk.PlainLength)
                : chunk.CipherLength == ChunkHeader.FileLengthFor(chunk.PlainLength),
            $"plain and file length of chunk {chunk.Index} do not fit");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new EvidenceException(EvidenceFault.ManifestInvalid, $"The manifest is refused: {otherwise}.");
        }
    }
}
