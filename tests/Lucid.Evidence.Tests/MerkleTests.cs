using System.Text;

namespace Lucid.Evidence.Tests;

public sealed class MerkleTests
{
    // The leaf inputs of the Certificate Transparency reference implementation.
    private static readonly string[] CtLeaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    private static readonly string[] CtRoots =
    [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    [Theory]
    [InlineData(1, "f861cea0d5d6e4685ccab12db17e6b0accbbd963db354a0117559bdd8d1776b2")]
    [InlineData(2, "afb70a6bf3d2e02a7777eb5580a34df9c63398937ac3cff6fdb74463769c660a")]
    [InlineData(3, "19f81c7ec276c03e0ca142d196a2567a267481d8744d77e5718ff30ab40b5021")]
    [InlineData(7, "c8e5dab22088f4eab5525a62bb5e18782aa325511bc62e0c85ac4178bdf4f4c3")]
    public void Session_trees_have_the_published_roots(int chunks, string root) =>
        Assert.Equal(root, SessionTree.Root(ChunkHashes(chunks)).ToString());

    [Fact]
    public void The_path_of_the_odd_leaf_of_three_is_the_root_of_the_other_two()
    {
        var tree = MerkleTree.FromLeafHashes(ChunkHashes(3).Select(h => MerkleHash.Leaf(h.Span)));
        Assert.Equal([SessionTree.Root(ChunkHashes(2))], tree.InclusionPath(2));
    }

    [Fact]
    public void The_certificate_transparency_trees_have_their_roots()
    {
        var builder = new MerkleTreeBuilder();
        for (var i = 0; i < CtLeaves.Length; i++)
        {
            builder.Append(Convert.FromHexString(CtLeaves[i]));
            Assert.Equal(CtRoots[i], builder.Root.ToString());
        }

        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", new MerkleTreeBuilder().Root.ToString());
    }

    [Fact]
    public void Every_tree_up_to_two_thousand_leaves_has_the_root_of_the_definition()
    {
        var leaves = Leaves(2000);
        var builder = new MerkleTreeBuilder();
        var tree = new MerkleTree();
        var random = new SeededGenerator(1);
        var known = new Dictionary<(int Start, int Count), byte[]>();
        for (var n = 1; n <= leaves.Length; n++)
        {
            builder.Append(leaves[n - 1]);
            tree.Append(leaves[n - 1]);

            Assert.Equal(NaiveMerkle.Root(leaves, 0, n, known), builder.Root.ToArray());
            if (n <= 200)
            {
                Assert.Equal(NaiveMerkle.Root(leaves.AsSpan(0, n)), builder.Root.ToArray());
            }

            Assert.Equal(builder.Root, tree.Root(n));
            for (var sample = 0; sample < 3; sample++)
            {
                var index = random.Below(n);
                var path = tree.InclusionPath(index);
                Assert.True(MerkleProof.VerifyInclusion(MerkleHash.Leaf(leaves[index]), index, n, path, builder.Root));
                Assert.False(MerkleProof.VerifyInclusion(MerkleHash.Leaf(leaves[index]), index ^ 1, n, path, builder.Root));
            }
        }
    }

    [Fact]
    public void Every_inclusion_path_to_one_hundred_thirty_leaves_is_that_of_the_definition()
    {
        var leaves = Leaves(130);
        var tree = Tree(leaves);
        for (var n = 1; n <= leaves.Length; n++)
        {
            var root = tree.Root(n);
            for (var m = 0; m < n; m++)
            {
                var path = tree.InclusionPath(m, n);
                Assert.Equal(NaiveMerkle.Path(m, leaves.AsSpan(0, n)).Select(p => new Digest(p)), path);
                var leaf = MerkleHash.Leaf(leaves[m]);
                Assert.True(MerkleProof.VerifyInclusion(leaf, m, n, path, root));
                Assert.True(MerkleProof.VerifyMembership(leaf, MerkleProof.WithSides(m, n, path), root));
                Assert.False(MerkleProof.VerifyInclusion(leaf, m, n, [.. path, Digest.Zero], root));
                Assert.False(path.Length > 0 && MerkleProof.VerifyInclusion(leaf, m, n, path[..^1], root));
                Assert.False(MerkleProof.VerifyInclusion(leaf, n, n, path, root));
            }
        }
    }

    [Fact]
    public void Every_consistency_proof_to_three_hundred_leaves_holds_and_no_changed_one_does()
    {
        var leaves = Leaves(300);
        var tree = Tree(leaves);
        var random = new SeededGenerator(2);
        for (var n = 1; n <= leaves.Length; n++)
        {
            for (var m = 1; m <= n; m++)
            {
                var path = tree.ConsistencyPath(m, n);
                Assert.True(MerkleProof.VerifyConsistency(m, n, tree.Root(m), tree.Root(n), path), $"{m} → {n}");
                if (n <= 64)
                {
                    Assert.Equal(NaiveMerkle.Consistency(m, leaves.AsSpan(0, n)).Select(p => new Digest(p)), path);
                }

                if (path.Length > 0 && (m + n) % 5 == 0)
                {
                    Assert.False(MerkleProof.VerifyConsistency(m, n, tree.Root(m), tree.Root(n), [.. path, Digest.Zero]));
                    var changed = path.ToArray();
                    var at = random.Below(changed.Length);
                    changed[at] = MerkleHash.Leaf(changed[at].Span);
                    Assert.False(MerkleProof.VerifyConsistency(m, n, tree.Root(m), tree.Root(n), changed));
                    Assert.False(MerkleProof.VerifyConsistency(m, n, tree.Root(m), tree.Root(n), path[..^1]));
                    Assert.False(MerkleProof.VerifyConsistency(m, n, MerkleHash.EmptyRoot, tree.Root(n), path));
                }
            }
        }
    }

    [Fact]
    public void A_consistency_proof_from_nothing_or_backwards_is_refused()
    {
        var tree = Tree(Leaves(5));
        Assert.Throws<EvidenceException>(() => tree.ConsistencyPath(0, 5));
        Assert.Throws<EvidenceException>(() => tree.ConsistencyPath(5, 4));
        Assert.False(MerkleProof.VerifyConsistency(0, 5, MerkleHash.EmptyRoot, tree.Root(), []));
        Assert.False(MerkleProof.VerifyConsistency(5, 4, tree.Root(), tree.Root(4), []));
    }

    [Fact]
    public void Repeating_the_last_leaf_changes_the_root()
    {
        var hashes = ChunkHashes(3).ToList();
        Assert.NotEqual(SessionTree.Root(hashes), SessionTree.Root([.. hashes, hashes[2]]));
    }

    [Fact]
    public void A_builder_goes_on_from_its_saved_state()
    {
        var leaves = Leaves(100);
        var straight = new MerkleTreeBuilder();
        var resumed = new MerkleTreeBuilder();
        foreach (var leaf in leaves)
        {
            straight.Append(leaf);
            resumed = MerkleTreeBuilder.FromState(MerkleTreeState.FromBytes(resumed.GetState().ToBytes()));
            resumed.Append(leaf);
            Assert.Equal(straight.Root, resumed.Root);
        }

        Assert.Equal(100, resumed.Size);
        Assert.Throws<EvidenceException>(() => MerkleTreeState.FromBytes(straight.GetState().ToBytes().AsSpan(1)));
        Assert.Throws<EvidenceException>(() => MerkleTreeState.FromBytes([0, 0, 0, 0, 0, 0, 0, 3, 1]));
    }

    [Fact]
    public void A_session_tree_without_chunks_is_refused() => Assert.Throws<EvidenceException>(() => SessionTree.Root([]));

    [Fact]
    public void A_session_tree_takes_its_limit_and_not_one_more()
    {
        var full = new MerkleTreeState(SessionTree.MaxLeaves - 1, [.. Enumerable.Repeat(Digest.Zero, 20)]);
        var builder = MerkleTreeBuilder.FromState(full);
        SessionTree.Append(builder, Digest.Zero);
        Assert.Throws<EvidenceException>(() => SessionTree.Append(builder, Digest.Zero));
        Assert.Equal(20, MerkleHash.Height(SessionTree.MaxLeaves));
    }

    private static IEnumerable<Digest> ChunkHashes(int count) => Enumerable.Range(0, count).Select(i => Digest.Of(Encoding.UTF8.GetBytes($"chunk-{i}")));

    private static byte[][] Leaves(int count) => [.. Enumerable.Range(0, count).Select(i => Encoding.UTF8.GetBytes($"leaf {i}"))];

    private static MerkleTree Tree(byte[][] leaves) => MerkleTree.FromLeafHashes(leaves.Select(l => MerkleHash.Leaf(l)));
}
