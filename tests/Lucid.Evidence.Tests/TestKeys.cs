using System.Security.Cryptography;

namespace Lucid.Evidence.Tests;

/// <summary>Keys of every role, from seeds that depend on <paramref name="variant"/>.</summary>
internal sealed class TestKeys(byte variant = 0)
{
    public Ed25519Key[] Authorities { get; } = Make(variant, 10, 4);

    public Ed25519Key[] Validators { get; } = Make(variant, 20, 8);

    public Ed25519Key[] Governance { get; } = Make(variant, 30, 3);

    public Ed25519Key TallyIssuer { get; } = Make(variant, 40, 1)[0];

    public Ed25519Key Anchoring { get; } = Make(variant, 50, 1)[0];

    public Ed25519Key[] Witnesses { get; } = Make(variant, 60, 2);

    public Ed25519Key Owner { get; } = Make(variant, 70, 1)[0];

    public ECDsa Manifest { get; } = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = [.. Enumerable.Repeat((byte)(variant + 1), 32)] });

    public IEnumerable<Ed25519Key> All => [.. Authorities, .. Validators, .. Governance, TallyIssuer, Anchoring];

    private static Ed25519Key[] Make(byte variant, byte role, int count) =>
        [.. Enumerable.Range(0, count).Select(i => Ed25519Key.FromSeed([variant, role, (byte)i, .. new byte[29]]))];
}
