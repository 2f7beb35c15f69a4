namespace Lucid.BlockchainEngine.Domain;

/// <summary>What one attempt to produce came to.</summary>
public enum ProduceOutcome
{
    Produced,

    /// <summary>This slot has its block, or had its attempt.</summary>
    SlotDone,
    Paused,

    /// <summary>No key, no vote in the set in force, or one vote is not the quorum.</summary>
    Observing,

    /// <summary>Not this validator's turn in the slot.</summary>
    NotScheduled,

    /// <summary>The slot ended while the intent was being noted.</summary>
    Late,

    /// <summary>State store or disk did not take the write; the next slot is tried.</summary>
    StorageUnavailable,

    /// <summary>Another engine took over, or the log failed: this process signs nothing any more.</summary>
    Stopped,
}
