using Lucid.Contracts.Chain;
using Lucid.Contracts.Errors;
using Lucid.Evidence;
using Lucid.ServiceDefaults;

namespace Lucid.SessionAnchoring.Domain;

/// <summary>A request that passed the checks of 02 §4.4.</summary>
internal sealed record CheckedRequest(Guid SessionId, string OwnerId, AnchorRecord Record, Ed25519PublicKey? SignerKey, Signature64? Signature)
{
    /// <summary>The anchor with its owner reference filled in.</summary>
    public AnchorEntry ToEntry(ReadOnlySpan<byte> salt) => new(Record with { OwnerRef = AnchorRecord.ComputeOwnerRef(salt, OwnerId) }, SignerKey, Signature);
}

internal static class AnchorRequestRules
{
    private const int MaxChunks = 1_000_000;
    private const int MaxOwnerId = 128;

    /// <summary>The request as an anchor without owner reference; null with the fields to correct.</summary>
    public static CheckedRequest? Check(AnchorRequest request, out ErrorCode code, out IReadOnlyList<FieldError> faults)
    {
        var requestFaults = new List<FieldError>();
        var manifestFaults = new List<FieldError>();
        Require(requestFaults, Guid.TryParseExact(request.SessionId, "D", out var session) && session.ToString("D") == request.SessionId, "session_id", "format", "A lower-case UUID.");
        Require(requestFaults, request.OwnerId.Length is > 0 and <= MaxOwnerId, "owner_id", "length", $"1 to {MaxOwnerId} characters.");
        Require(requestFaults, Digest.TryParse(request.MerkleRoot, out var root), "merkle_root", "format", "64 lower-case hex digits.");
        var hasSignature = TryReadSignature(request, out var signer, out var signature);
        Require(requestFaults, hasSignature, "user_signature", "format", "Canonical base64 of an Ed25519 signature, with signer_key; or neither.");

        var data = request.ManifestData;
        Require(manifestFaults, data.ChunkCount is >= 1 and <= MaxChunks, "manifest_data.chunk_count", "range", $"1 to {MaxChunks}.");
        Require(manifestFaults, data.TotalSize is >= 0 and <= AnchorRecord.MaxTotalSize, "manifest_data.total_size", "range", $"0 to {AnchorRecord.MaxTotalSize} bytes.");
        Require(manifestFaults, data.StartedAt is null || data.EndedAt is null || data.StartedAt <= data.EndedAt, "manifest_data.ended_at", "order", "Not before started_at.");
        Require(manifestFaults, Digest.TryParse(request.Metadata.ManifestHash, out var manifest), "metadata.manifest_hash", "format", "64 lower-case hex digits.");
        var policy = default(Digest);
        Require(manifestFaults, request.Metadata.PolicyHash is null || Digest.TryParse(request.Metadata.PolicyHash, out policy), "metadata.policy_hash", "format", "64 lower-case hex digits.");

        faults = [.. requestFaults, .. manifestFaults];
        code = requestFaults.Count > 0 ? ChainErrors.AnchoringInvalid : ChainErrors.ManifestInvalid;
        return faults.Count > 0
            ? null
            : new CheckedRequest(
                session,
                request.OwnerId,
                new AnchorRecord(
                    session, default, root, manifest, request.Metadata.PolicyHash is null ? null : policy, data.ChunkCount, data.TotalSize,
                    Timestamp.Truncate(data.CreatedAt), Truncate(data.StartedAt), Truncate(data.EndedAt)),
                signer,
                signature);
    }

    private static DateTimeOffset? Truncate(DateTimeOffset? moment) => moment is { } value ? Timestamp.Truncate(value) : null;

    private static bool TryReadSignature(AnchorRequest request, out Ed25519PublicKey? signer, out Signature64? signature)
    {
        (signer, signature) = (null, null);
        if (request is { UserSignature: null, SignerKey: null })
        {
            return true;
        }

        try
        {
            (signer, signature) = (Ed25519PublicKey.Parse(request.SignerKey ?? ""), Signature64.Parse(request.UserSignature ?? ""));
            return true;
        }
        catch (EvidenceException)
        {
            return false;
        }
    }

    private static void Require(List<FieldError> faults, bool holds, string field, string constraint, string message)
    {
        if (!holds)
        {
            faults.Add(new FieldError(field, constraint, message));
        }
    }
}
