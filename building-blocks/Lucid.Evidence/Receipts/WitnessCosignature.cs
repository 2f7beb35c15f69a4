using System.Buffers.Binary;

namespace Lucid.Evidence;

/// <summary>
/// A witness confirms that it saw a tree head and that it extends every head it saw before. Ed25519 over
/// "lucid/witness/v1" ‖ 0x00 ‖ network_id ‖ tree_size u64 ‖ root ‖ timestamp_ms u64, big-endian.
/// </summary>
public sealed record WitnessCosignature(Ed25519PublicKey Key, long TimestampMs, Signature64 Signature)
{
    public static byte[] BytesToSign(Digest networkId, long treeSize, Digest root, long timestampMs)
    {
        var tag = DomainTag.Witness;
        var bytes = new byte[tag.Length + 32 + 8 + 32 + 8];
        tag.CopyTo(bytes);
        var body = bytes.AsSpan(tag.Length);
        networkId.Span.CopyTo(body);
        BinaryPrimitives.WriteInt64BigEndian(body[32..], treeSize);
        root.Span.CopyTo(body[40..]);
        BinaryPrimitives.WriteInt64BigEndian(body[72..], timestampMs);
        return bytes;
    }

    public static WitnessCosignature Sign(Ed25519Key key, Digest networkId, long treeSize, Digest root, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(key);
        var ms = time.ToUnixTimeMilliseconds();
        return new WitnessCosignature(key.PublicKey, ms, key.Sign(BytesToSign(networkId, treeSize, root, ms)));
    }

    public bool Verify(Digest networkId, long treeSize, Digest root) => Key.Verify(BytesToSign(networkId, treeSize, root, TimestampMs), Signature);

    internal static WitnessCosignature Read(JsonFields f) => new(f.PublicKey("key"), f.Integer("timestamp_ms", 0, CanonicalJson.MaxInteger), f.Signature("signature"));

    internal void Write(CanonicalJsonWriter w)
    {
        w.StartObject();
        w.Member("key", Key.ToString());
        w.Member("signature", Signature.Span);
        w.Member("timestamp_ms", TimestampMs);
        w.EndObject();
    }
}
