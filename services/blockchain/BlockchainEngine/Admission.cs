using Lucid.BlockchainEngine.Domain;
using Lucid.Evidence;

namespace Lucid.BlockchainEngine;

/// <summary>The rules of 02 §11 for a transaction that arrives, cheap ones first.</summary>
internal static class Admission
{
    private const long OldestMs = 60 * 60 * 1000;
    private const long NewestMs = 30 * 1000;

    // A block has room for its header, its signature and the largest commit beside the transaction.
    private const int BlockOverhead = 16 * 1024;

    /// <summary>Strict parse; null with the reason when it is no transaction of this chain.</summary>
    public static Transaction? Parse(ReadOnlyMemory<byte> signedBytes, Genesis genesis, out SubmitOutcome? refused)
    {
        try
        {
            var transaction = Transaction.Parse(signedBytes);
            refused = transaction.NetworkId != genesis.NetworkId
                ? Refuse(TransactionRefusal.WrongNetwork, "The transaction is for another network; use the network_id of /chain/info.")
                : signedBytes.Length > genesis.Limits.BlockSizeBytes - BlockOverhead
                    ? Refuse(TransactionRefusal.Malformed, "The transaction does not fit into a block of this chain.")
                    : null;
            return refused is null ? transaction : null;
        }
        catch (EvidenceException malformed)
        {
            refused = Refuse(TransactionRefusal.Malformed, malformed.Message);
            return null;
        }
    }

    /// <summary>Everything but the signatures; call it with the mempool held still.</summary>
    public static SubmitOutcome? Check(Transaction transaction, Mempool mempool, ChainState state, DateTimeOffset now)
    {
        var age = now.ToUnixTimeMilliseconds() - transaction.TimestampMs;
        if (age is > OldestMs or < -NewestMs)
        {
            return Refuse(age > 0 ? TransactionRefusal.TimestampTooOld : TransactionRefusal.TimestampInFuture, "timestamp_ms must be within an hour before and 30 s after now; sign it again.");
        }

        var draft = new ChainDraft(state, (long)state.Genesis.SlotOf(now), now.ToUnixTimeMilliseconds());
        var refusal = draft.Add(transaction);
        refusal = refusal == TransactionRefusal.None ? mempool.CheckRoom(transaction) : refusal;
        return refusal == TransactionRefusal.None ? null : Refuse(refusal, Sentence(refusal));
    }

    /// <summary>The costly part, after quotas.</summary>
    public static SubmitOutcome? CheckSignatures(Transaction transaction) =>
        !transaction.VerifySignature() ? Refuse(TransactionRefusal.SignatureInvalid, Sentence(TransactionRefusal.SignatureInvalid))
        : !BlockCheck.HasOwnerSignature(transaction) ? Refuse(TransactionRefusal.OwnerSignatureInvalid, Sentence(TransactionRefusal.OwnerSignatureInvalid))
        : null;

    public static string Sentence(TransactionRefusal refusal) => refusal switch
    {
        TransactionRefusal.TypeNotAccepted => "This chain has no rules for this type of transaction; send session_anchor or a change of keys.",
        TransactionRefusal.SenderNotAuthorised => "The sender's key is not authorised for this type of transaction.",
        TransactionRefusal.SignatureInvalid => "The signature does not verify with the sender's key; sign tx bytes as in 02 §6.",
        TransactionRefusal.OwnerSignatureInvalid => "The owner's signature in the anchor does not verify with signer_key.",
        TransactionRefusal.NonceUsed => "The sender used this nonce for another transaction; take another nonce.",
        TransactionRefusal.SessionAlreadyAnchored => "A session is anchored once; the first anchor stays.",
        TransactionRefusal.ChangeInvalid => "The change of keys does not follow from the set in force, or lacks approvals.",
        TransactionRefusal.MempoolFull => "Too many transactions are waiting; try again after the next block.",
        TransactionRefusal.SenderQuota => "This sender has too many transactions waiting; try again after the next block.",
        TransactionRefusal.StorageUnavailable => "The transaction could not be made durable; try again.",
        _ => "The transaction is refused.",
    };

    private static SubmitOutcome Refuse(TransactionRefusal refusal, string message) => SubmitOutcome.Refused(refusal, message);
}
