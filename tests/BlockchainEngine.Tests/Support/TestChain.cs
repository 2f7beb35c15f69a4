using System.Security.Cryptography;
using Lucid.Evidence;

namespace Lucid.BlockchainEngine.Tests.Support;

/// <summary>Keys and a genesis document of a chain with one bootstrap authority and slots of one second.</summary>
internal sealed class TestChain : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public TestChain(string name = "test", int authorities = 1)
    {
        using var manifestKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var others = Enumerable.Range(1, authorities - 1).Select(i => KeyOf(100 + i).PublicKey);
        Genesis = Genesis.Create(
            name,
            Start,
            slotSeconds: 1,
            new GenesisLimits(ParticipantsMin: 3),
            new AuthoritySet(
                0, IsBootstrap: true, [Authority.PublicKey, .. others], [], new Governance([Governor.PublicKey], 1, 1, 1, 1), Governor.PublicKey, [Anchoring.PublicKey],
                [ManifestKey.From(manifestKey)]));
    }

    public Ed25519Key Authority { get; } = KeyOf(1);

    public Ed25519Key Governor { get; } = KeyOf(2);

    public Ed25519Key Anchoring { get; } = KeyOf(3);

    public Genesis Genesis { get; }

    public static Ed25519Key KeyOf(int number) => Ed25519Key.FromSeed(SHA256.HashData(BitConverter.GetBytes(number)));

    public static Guid SessionOf(int number) => new($"01900000-0000-7000-8000-{number:x12}");

    public static AnchorEntry EntryOf(int session) => new(new AnchorRecord(
        SessionOf(session), Digest.Of("owner"u8), Digest.Of(BitConverter.GetBytes(session)), Digest.Of("manifest"u8), null, 3, 4096, Start, null, null));

    /// <summary>An anchor signed by the anchoring key unless another sender is given.</summary>
    public Transaction Anchor(int session, DateTimeOffset time, ulong? nonce = null, Ed25519Key? sender = null, Digest? networkId = null) =>
        Transaction.CreateSigned(networkId ?? Genesis.NetworkId, new SessionAnchorData(EntryOf(session)), sender ?? Anchoring, nonce ?? (ulong)session, time);

    public void Dispose()
    {
        Authority.Dispose();
        Governor.Dispose();
        Anchoring.Dispose();
    }
}
