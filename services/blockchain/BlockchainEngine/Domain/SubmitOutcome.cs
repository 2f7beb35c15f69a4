using Lucid.Evidence;

namespace Lucid.BlockchainEngine.Domain;

/// <summary>What became of a submitted transaction.</summary>
/// <param name="Refusal">None when it is pending or on the chain; repeating a transaction is no refusal.</param>
/// <param name="Message">A sentence for the caller when it is refused.</param>
public sealed record SubmitOutcome(TransactionRefusal Refusal, Digest Id, DateTimeOffset SubmittedAt, long? BlockHeight, bool IsRepeat, string? Message = null)
{
    public bool IsAccepted => Refusal == TransactionRefusal.None;

    public static SubmitOutcome Refused(TransactionRefusal refusal, string message) => new(refusal, default, default, null, false, message);
}
