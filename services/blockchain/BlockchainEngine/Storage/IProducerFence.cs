using Lucid.Evidence;

namespace Lucid.BlockchainEngine.Storage;

/// <summary>
/// What is known about the chain outside the volume of its log: which engine may sign, the newest acknowledged block and the newest
/// slot its key was meant to sign for. It stops the second of two engines with one key, and shows a log that lost its end.
/// </summary>
/// <remarks>Every member throws <see cref="Lucid.ServiceDefaults.LucidException"/> while the store does not answer.</remarks>
internal interface IProducerFence
{
    /// <summary>Null when this validator never signed.</summary>
    Task<ChainHead?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Takes the chain over: an engine that held it before can reserve nothing any more.</summary>
    Task ClaimAsync(CancellationToken cancellationToken);

    /// <summary>Notes the intent to sign for a slot; false when another engine took over.</summary>
    Task<bool> ReserveAsync(long height, long slot, Digest parent, CancellationToken cancellationToken);

    /// <summary>Notes an acknowledged block; false when another engine took over.</summary>
    Task<bool> CommitAsync(long height, Digest hash, CancellationToken cancellationToken);
}
