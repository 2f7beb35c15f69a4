using System.Text.Json.Serialization;
using Lucid.Evidence;

namespace Lucid.SessionAnchoring.Domain;

/// <summary>One anchoring: what is asked for and how far it is. The owner's name is not in it, only the reference.</summary>
/// <param name="AnchoringId">UUIDv7; the nonce of its transactions follows from it.</param>
/// <param name="Entry">Canonical JSON of the anchor, base64: fixed when the request was accepted.</param>
/// <param name="SubmittedAt">Of the request, or of the last retry.</param>
/// <param name="Transaction">Signed bytes of the newest transaction, base64; null before the first claim and after confirmation.</param>
/// <param name="TransactionIds">Every transaction signed for it, newest last; at most one can be included, for they share the nonce.</param>
/// <param name="Attempts">Times the engine had the transaction and did not make it final in time.</param>
/// <param name="Announced">State that was told of by event.</param>
public sealed record Anchoring(
    Guid AnchoringId,
    Guid SessionId,
    string Entry,
    AnchoringStatus Status,
    DateTimeOffset SubmittedAt,
    string? Transaction,
    IReadOnlyList<string> TransactionIds,
    int Attempts,
    DateTimeOffset? ConfirmedAt,
    string? BlockId,
    long? BlockHeight,
    string? Error,
    AnchoringStatus? Announced)
{
    /// <summary>A request older than this is given up.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(24);

    [JsonIgnore]
    public string? TransactionId => TransactionIds.Count > 0 ? TransactionIds[^1] : null;

    [JsonIgnore]
    public bool IsOpen => Status is AnchoringStatus.Pending or AnchoringStatus.Processing;

    /// <summary>Whether its end is still to be told.</summary>
    [JsonIgnore]
    public bool IsUnannounced => !IsOpen && Announced != Status;

    public static Anchoring Requested(Guid anchoringId, AnchorEntry entry, DateTimeOffset now) => new(
        anchoringId, entry.Record.SessionId, Convert.ToBase64String(entry.ToJson()), AnchoringStatus.Pending, now, null, [], 0, null, null, null, null, null);

    public AnchorEntry ReadEntry() => AnchorEntry.Parse(Convert.FromBase64String(Entry));

    /// <summary>The same request gives the same anchor.</summary>
    public bool IsFor(AnchorEntry entry) => Entry == Convert.ToBase64String(entry.ToJson());

    /// <summary>Takes the trigger; null when the table refuses it.</summary>
    public Anchoring? On(AnchoringTrigger trigger) =>
        AnchoringTransitions.Next(Status, trigger) is { } next ? this with { Status = next } : null;
}
