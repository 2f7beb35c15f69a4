using Lucid.Evidence;

namespace Lucid.BlockchainEngine.Domain;

/// <summary>A transaction on its way into a block.</summary>
internal sealed class PendingTransaction(Transaction transaction, DateTimeOffset submittedAt)
{
    private long index = -1;

    public Transaction Transaction => transaction;

    public DateTimeOffset SubmittedAt => submittedAt;

    /// <summary>Completes when the transaction is in the log of accepted ones; only then may it be included.</summary>
    public Task Durable { get; private set; } = Task.CompletedTask;

    /// <summary>Its index in that log; -1 until it is durable.</summary>
    public long Index => Volatile.Read(ref index);

    public bool IsDurable => Index >= 0;

    /// <summary>One that was read from the log.</summary>
    public static PendingTransaction Reloaded(Transaction transaction, DateTimeOffset submittedAt, long index) =>
        new(transaction, submittedAt) { index = index };

    /// <summary>Begins to write it.</summary>
    public void Write(Func<Transaction, DateTimeOffset, Task<long>> append) => Durable = WriteAsync(append);

    private async Task WriteAsync(Func<Transaction, DateTimeOffset, Task<long>> append) =>
        Volatile.Write(ref index, await append(transaction, submittedAt));
}
