using Lucid.Contracts.Access;
using Lucid.Contracts.Chain;
using Lucid.Contracts.Errors;
using Lucid.Evidence;
using Lucid.ServiceDefaults;

namespace Lucid.BlockchainEngine.Endpoints;

/// <summary>Verification of session trees (02 §4.6).</summary>
public static class MerkleEndpoints
{
    public static void MapMerkle(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("").WithTags("Merkle").MapPost(Routes.Engine.MerkleVerify, Verify)
            .WithName("VerifyMerkleProof").Produces<MerkleVerifyResult>().WithSummary("Inclusion of a chunk hash (RFC 9162 §2.1.3.2); with directions membership only");

    private static IResult Verify(MerkleVerifyRequest request, TimeProvider clock)
    {
        var started = clock.GetTimestamp();
        var path = (request.ProofPath ?? request.Proof)?.Select(hex => Digest.TryParse(hex, out var hash) ? hash : (Digest?)null).ToList();
        if (!Digest.TryParse(request.RootHash, out var root) || !Digest.TryParse(request.LeafHash ?? request.ChunkHash, out var leaf) || path is null || path.Contains(null))
        {
            return Malformed("root_hash, leaf_hash and every hash of proof_path are 64 lower-case hex digits.");
        }

        if (path.Count > SessionTree.MaxHeight)
        {
            return Malformed("proof_path has at most 20 hashes.");
        }

        if (!TryVerify(request, leaf, [.. path.Select(hash => hash!.Value)], root, out var holds))
        {
            return Malformed("Give leaf_index and tree_size, or proof_directions with left or right for every sibling.");
        }

        return TypedResults.Ok(new MerkleVerifyResult(holds, holds, holds, root.ToString(), Math.Round(clock.GetElapsedTime(started).TotalMilliseconds, 3)));
    }

    private static bool TryVerify(MerkleVerifyRequest request, Digest leaf, Digest[] path, Digest root, out bool holds)
    {
        holds = false;
        if (request is { LeafIndex: { } index, TreeSize: { } size })
        {
            holds = SessionTree.VerifyInclusion(leaf, index, size, path, root);
            return true;
        }

        if (request.ProofDirections is not { } directions || directions.Count != path.Length || directions.Any(d => d is not ("left" or "right")))
        {
            return false;
        }

        var steps = path.Zip(directions, (hash, side) => new MerkleStep(hash, side == "left" ? MerkleSide.Left : MerkleSide.Right)).ToArray();
        holds = MerkleProof.VerifyMembership(MerkleHash.Leaf(leaf.Span), steps, root);
        return true;
    }

    private static IResult Malformed(string message) => LucidResults.Error(ChainErrors.ProofMalformed, message, "proof_malformed");
}
