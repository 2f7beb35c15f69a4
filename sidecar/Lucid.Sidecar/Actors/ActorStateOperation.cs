using System.Globalization;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Actors;

/// <summary>One step of an actor state transaction; a null <paramref name="Value"/> deletes.</summary>
/// <param name="Value">JSON as given.</param>
public sealed record ActorStateOperation(string Key, ReadOnlyMemory<byte>? Value, TimeSpan? TimeToLive = null)
{
    /// <summary>Reads a step as the APIs carry it.</summary>
    /// <param name="operation"><c>upsert</c> or <c>delete</c>.</param>
    /// <param name="ttlInSeconds">Seconds, -1 for no end, or null.</param>
    /// <exception cref="DaprApiException">The step is not understood.</exception>
    public static ActorStateOperation Parse(string operation, string key, ReadOnlyMemory<byte> value, string? ttlInSeconds)
    {
        if (key.Length == 0)
        {
            throw new DaprApiException(ActorErrors.StateTransactionSave("key is missing"));
        }

        return operation switch
        {
            "upsert" => new ActorStateOperation(key, value.IsEmpty ? "null"u8.ToArray() : value, Duration(ttlInSeconds)),
            "delete" => new ActorStateOperation(key, null),
            _ => throw new DaprApiException(ActorErrors.StateTransactionSave($"operation type {operation} not supported")),
        };
    }

    private static TimeSpan? Duration(string? ttlInSeconds) => ttlInSeconds switch
    {
        null or "-1" => null,
        _ when int.TryParse(ttlInSeconds, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 => TimeSpan.FromSeconds(seconds),
        _ => throw new DaprApiException(ActorErrors.StateTransactionSave($"ttlInSeconds must be a positive number of seconds or -1, not {ttlInSeconds}")),
    };
}
