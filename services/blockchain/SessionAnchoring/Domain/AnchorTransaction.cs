using System.Buffers.Binary;
using Lucid.Evidence;

namespace Lucid.SessionAnchoring.Domain;

/// <summary>The transaction of an anchoring.</summary>
internal static class AnchorTransaction
{
    /// <summary>The engine takes transactions up to an hour old; one that was not taken in this time is signed anew.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromMinutes(50);

    /// <summary>First 8 bytes of SHA-256 of the id: transactions signed twice for one anchoring exclude each other on the chain.</summary>
    public static ulong NonceOf(Guid anchoringId) => BinaryPrimitives.ReadUInt64BigEndian(Digest.Of(anchoringId.ToByteArray(bigEndian: true)).Span);

    public static Transaction Sign(Anchoring anchoring, Digest networkId, Ed25519Key key, DateTimeOffset now) =>
        Transaction.CreateSigned(networkId, new SessionAnchorData(anchoring.ReadEntry()), key, NonceOf(anchoring.AnchoringId), now);
}
