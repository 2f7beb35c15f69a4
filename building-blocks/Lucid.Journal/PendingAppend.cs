namespace Lucid.Journal;

internal sealed class PendingAppend(ReadOnlyMemory<byte> payload)
{
    public ReadOnlyMemory<byte> Payload { get; } = payload;

    public int Size => RecordFormat.SizeOf(Payload.Length);

    /// <summary>The index of the record, once it is durable.</summary>
    public TaskCompletionSource<long> Durable { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
