using Lucid.Contracts.Errors;
using Lucid.Evidence;
using Lucid.ServiceDefaults;

namespace Lucid.BlockchainEngine.Storage;

/// <summary>The fence in the cluster's state store; every write is conditional on the ETag and on our term.</summary>
internal sealed class StateFence(EntityStore<ChainHead> heads, Genesis genesis, Digest validatorId) : IProducerFence
{
    private readonly string id = $"{genesis.NetworkId}:{validatorId}";
    private long term;

    public Task<ChainHead?> ReadAsync(CancellationToken cancellationToken) =>
        AskAsync(async () => (await heads.FindAsync(id, cancellationToken))?.Value);

    public async Task ClaimAsync(CancellationToken cancellationToken) =>
        term = await AskAsync(() => heads.UpsertAsync(
            id,
            () => new ChainHead(0, 0, genesis.Hash.ToString(), 0, 0),
            head =>
            {
                head.Value = head.Value with { Term = head.Value.Term + 1 };
                return head.Value.Term;
            },
            cancellationToken));

    public Task<bool> ReserveAsync(long height, long slot, Digest parent, CancellationToken cancellationToken) =>
        ChangeAsync(head => head with { Height = height - 1, Hash = parent.ToString(), ReservedHeight = height, ReservedSlot = slot }, cancellationToken);

    public Task<bool> CommitAsync(long height, Digest hash, CancellationToken cancellationToken) =>
        ChangeAsync(head => head with { Height = height, Hash = hash.ToString() }, cancellationToken);

    private Task<bool> ChangeAsync(Func<ChainHead, ChainHead> change, CancellationToken cancellationToken) =>
        AskAsync(() => heads.UpdateAsync(
            id,
            head =>
            {
                if (head?.Value.Term != term)
                {
                    return false;
                }

                head.Value = change(head.Value);
                return true;
            },
            cancellationToken));

    // The clients below throw many types that all say the same.
    private static async Task<T> AskAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (e is not (OperationCanceledException or LucidException))
        {
            throw new LucidException(ChainErrors.Database, "The state store does not answer; try again.", "state_unavailable", e);
        }
    }
}
