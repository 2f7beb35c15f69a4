namespace Lucid.Evidence;

/// <summary>One point of a chain: block <paramref name="Height"/>, and the root over the blocks before it.</summary>
public sealed record TreeHead(Digest NetworkId, long Height, Digest BlockHash, Digest HistoryRoot)
{
    public static TreeHead Of(BlockHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        return new TreeHead(header.NetworkId, header.Height, header.Hash(), header.HistoryRoot);
    }
}
