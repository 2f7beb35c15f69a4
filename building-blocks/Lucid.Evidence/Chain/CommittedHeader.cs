namespace Lucid.Evidence;

/// <summary>A header with its producer's signature and the commit that made it final: a signed tree head of the chain.</summary>
public sealed record CommittedHeader(BlockHeader Header, Signature64 Signature, Commit Commit)
{
    /// <summary>
    /// Checks everything a header and a commit prove by themselves: network, time inside the slot, the authority set,
    /// producer and its signature, every precommit, quorum. Scheduling and the parent are the engine's matter.
    /// </summary>
    /// <exception cref="EvidenceException">Naming what does not hold.</exception>
    public void Check(Genesis genesis, AuthoritySet authority)
    {
        ArgumentNullException.ThrowIfNull(genesis);
        ArgumentNullException.ThrowIfNull(authority);
        BlockRules.CheckHeader(Header, Signature, genesis, authority);
        Commit.Check(Header, authority);
    }

    /// <summary>Canonical JSON {commit,header,signature}; also how services hand it on.</summary>
    public byte[] ToJson() => CanonicalJsonWriter.ToBytes(Write);

    public static CommittedHeader Parse(ReadOnlyMemory<byte> canonicalJson) => JsonFields.ReadDocument(canonicalJson, "block", Read);

    internal static CommittedHeader Read(JsonFields f) => new(
        BlockHeader.Decode(f.Bytes("header", BlockHeader.Size, BlockHeader.Size)),
        f.Signature("signature"),
        Commit.Decode(f.Bytes("commit", 0, 16 * 1024)));

    internal void Write(CanonicalJsonWriter w)
    {
        w.StartObject();
        w.Member("commit", Commit.Encode());
        w.Member("header", Header.Encode());
        w.Member("signature", Signature.Span);
        w.EndObject();
    }
}
