namespace Lucid.Contracts.Chain;

/// <summary>POST /anchoring/verify.</summary>
public sealed record AnchorVerifyRequest(string SessionId, string MerkleRoot, long? BlockHeight = null);

/// <summary>A well-formed no is an answer, not an error.</summary>
public sealed record AnchorVerifyResult(
    bool Verified, long? BlockHeight, string? TransactionId, DateTimeOffset? ConfirmationTime, bool MerkleProofValid, long? ConfirmationCount);

/// <summary>GET /anchoring/status.</summary>
/// <param name="Status">healthy, busy or error.</param>
/// <param name="AverageConfirmationTime">Seconds from the request to the receipt over the last confirmations, at most 1,000; absent without any.</param>
public sealed record AnchoringOverview(
    string Status, int PendingAnchorings, int ProcessingAnchorings, int CompletedToday, double? AverageConfirmationTime);
