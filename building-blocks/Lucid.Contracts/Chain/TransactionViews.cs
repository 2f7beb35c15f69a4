using System.Text.Json;

namespace Lucid.Contracts.Chain;

/// <summary>GET /transactions/{tx_id}.</summary>
/// <param name="Status">pending, confirmed or dropped.</param>
/// <param name="Reason">Why it was dropped.</param>
public sealed record TransactionView(
    string TxId, string TransactionId, string Status, string? Type, string? Sender, JsonElement? Data, string? Signature, string Fee,
    DateTimeOffset? SubmittedAt, DateTimeOffset? ConfirmedAt, long? BlockHeight, string? BlockHash, int? TransactionIndex, string? Reason);

/// <summary>GET /transactions/{tx_id}/proof. Byte members are base64, hashes hex.</summary>
public sealed record TransactionProofView(
    string TxBytes, int LeafIndex, long TreeSize, IReadOnlyList<string> Path, string HeaderBytes, string Signature, string Commit);

/// <summary>Data of <c>transaction.confirmed</c>.</summary>
public sealed record TransactionNotice(string TxId, string Type, long Height, string BlockHash, int Index);
