namespace Lucid.Sidecar.State;

/// <summary>One save or delete as an app asks for it, whatever the transport.</summary>
/// <param name="Key">The app's own key, without prefix.</param>
/// <param name="Value">Bytes to store; ignored by deletes.</param>
/// <param name="ETag">Null or empty: no condition on the stored version.</param>
/// <param name="Concurrency">Empty, <c>first-write</c> or <c>last-write</c>; any other word is refused by the store.</param>
/// <param name="Consistency">Empty, <c>strong</c> or <c>eventual</c>; any other word is refused by the store.</param>
/// <param name="Metadata"><c>ttlInSeconds</c> and what the component understands.</param>
public sealed record StateItem(
    string Key,
    ReadOnlyMemory<byte> Value,
    string? ETag,
    string Concurrency,
    string Consistency,
    IReadOnlyDictionary<string, string> Metadata)
{
    public static IReadOnlyDictionary<string, string> NoMetadata { get; } = new Dictionary<string, string>();
}

/// <param name="Operation"><c>upsert</c> or <c>delete</c>.</param>
public sealed record StateTransactionStep(string Operation, StateItem Item);

/// <summary>One entry of a bulk read.</summary>
/// <param name="Key">The key as asked for, without prefix.</param>
/// <param name="Value">Null: no live value, or <paramref name="Error"/> tells why it could not be read.</param>
public sealed record BulkStateEntry(string Key, Components.StateValue? Value, string? Error);
