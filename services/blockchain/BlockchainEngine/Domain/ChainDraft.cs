using Lucid.Evidence;

namespace Lucid.BlockchainEngine.Domain;

/// <summary>
/// The body of one block while it grows: every rule of a transaction that depends on the chain and on what stands before it in
/// the block (02 §11). The same object admits, selects and verifies. Signatures are not its matter.
/// </summary>
internal sealed class ChainDraft
{
    private const long MaxAgeMs = 24 * 60 * 60 * 1000;

    private readonly ChainState state;
    private readonly long epoch;
    private readonly AuthoritySet keys;
    private readonly HashSet<Digest> ids = [];
    private readonly HashSet<(Ed25519PublicKey Sender, ulong Nonce)> nonces = [];
    private readonly HashSet<Guid> sessions = [];
    private readonly long timestampMs;
    private AuthorityState authority;

    public ChainDraft(ChainState state, long slot, long timestampMs)
    {
        this.state = state;
        this.timestampMs = timestampMs;
        epoch = state.Genesis.EpochOf((ulong)slot);
        keys = state.AuthorityAt(epoch);
        authority = state.Authority;
    }

    /// <summary>Whether a block of this time may carry a transaction of that time.</summary>
    public TransactionRefusal CheckTime(Transaction transaction) => (timestampMs - transaction.TimestampMs) switch
    {
        < 0 => TransactionRefusal.TimestampInFuture,
        > MaxAgeMs => TransactionRefusal.TimestampTooOld,
        _ => TransactionRefusal.None,
    };

    /// <summary>Adds the transaction to the block unless a rule forbids it. Its time is checked apart.</summary>
    public TransactionRefusal Add(Transaction transaction)
    {
        var refusal = Check(transaction, out var next);
        if (refusal == TransactionRefusal.None)
        {
            ids.Add(transaction.Id);
            nonces.Add((transaction.Sender, transaction.Nonce));
            sessions.UnionWith(ChainState.SessionsOf(transaction.Data));
            authority = next;
        }

        return refusal;
    }

    private TransactionRefusal Check(Transaction transaction, out AuthorityState next)
    {
        next = authority;
        if (transaction.NetworkId != state.Genesis.NetworkId)
        {
            return TransactionRefusal.WrongNetwork;
        }

        if (SenderOf(transaction) is var refusal && refusal != TransactionRefusal.None)
        {
            return refusal;
        }

        if (ids.Contains(transaction.Id) || state.Find(transaction.Id) is not null)
        {
            return TransactionRefusal.AlreadyIncluded;
        }

        if (nonces.Contains((transaction.Sender, transaction.Nonce)) || state.IsNonceUsed(transaction.Sender, transaction.Nonce))
        {
            return TransactionRefusal.NonceUsed;
        }

        if (ChainState.SessionsOf(transaction.Data).Any(session => sessions.Contains(session) || state.IsAnchored(session)))
        {
            return TransactionRefusal.SessionAlreadyAnchored;
        }

        return transaction.Data is not GovernanceData change || TryApply(change, out next) ? TransactionRefusal.None : TransactionRefusal.ChangeInvalid;
    }

    private TransactionRefusal SenderOf(Transaction transaction)
    {
        var authorised = transaction.Data switch
        {
            SessionAnchorData or SessionAnchorBatchData => keys.AnchoringKeys.Contains(transaction.Sender),
            GovernanceData => keys.Governance.Keys.Contains(transaction.Sender),
            _ => (bool?)null,
        };
        return authorised switch
        {
            true => TransactionRefusal.None,
            false => TransactionRefusal.SenderNotAuthorised,
            null => TransactionRefusal.TypeNotAccepted,
        };
    }

    private bool TryApply(GovernanceData change, out AuthorityState next)
    {
        try
        {
            next = authority.Apply(change, epoch, state.Genesis);
            return true;
        }
        catch (EvidenceException)
        {
            next = authority; // the one way Evidence says that a change does not follow
            return false;
        }
    }
}
