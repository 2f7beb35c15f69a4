using Lucid.BlockchainEngine.Storage;
using Lucid.Contracts.Errors;
using Lucid.Evidence;
using Lucid.ServiceDefaults;

namespace Lucid.BlockchainEngine.Tests.Support;

/// <summary>The row of the state store that outlives engines; <see cref="Open"/> gives an engine its handle.</summary>
internal sealed class MemoryFence
{
    public ChainHead? Head { get; set; }

    public bool IsDown { get; set; }

    public List<(long Height, long Slot)> Reserved { get; } = [];

    public IProducerFence Open() => new Handle(this);

    private sealed class Handle(MemoryFence row) : IProducerFence
    {
        private long term;

        public Task<ChainHead?> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(row.Head);

        public Task ClaimAsync(CancellationToken cancellationToken)
        {
            row.Head ??= new ChainHead(0, 0, "", 0, 0);
            row.Head = row.Head with { Term = row.Head.Term + 1 };
            term = row.Head.Term;
            return Task.CompletedTask;
        }

        public Task<bool> ReserveAsync(long height, long slot, Digest parent, CancellationToken cancellationToken)
        {
            if (row.IsDown)
            {
                throw new LucidException(ChainErrors.Database, "down");
            }

            if (row.Head!.Term != term)
            {
                return Task.FromResult(false);
            }

            row.Reserved.Add((height, slot));
            row.Head = row.Head with { Height = height - 1, Hash = parent.ToString(), ReservedHeight = height, ReservedSlot = slot };
            return Task.FromResult(true);
        }

        public Task<bool> CommitAsync(long height, Digest hash, CancellationToken cancellationToken)
        {
            if (row.Head!.Term == term)
            {
                row.Head = row.Head with { Height = height, Hash = hash.ToString() };
                return Task.FromResult(true);
            }

            return Task.FromResult(false);
        }
    }
}
