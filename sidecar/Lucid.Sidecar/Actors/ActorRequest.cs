namespace Lucid.Sidecar.Actors;

/// <summary>A call of an actor method. The app receives it as PUT whatever verb the caller used.</summary>
public sealed record ActorRequest(string ActorType, string ActorId, string Method)
{
    /// <summary>Query with its leading <c>?</c>, or empty.</summary>
    public string Query { get; init; } = "";

    /// <summary>End-to-end headers; <c>dapr-api-token</c>, <c>Host</c>, <c>Content-Length</c> and hop-by-hop headers are left out by the caller.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public ReadOnlyMemory<byte> Body { get; init; }
}

/// <summary>The app's answer, unchanged. A .NET remoting exception is a 200 with the header <c>X-DaprErrorResponseHeader</c>.</summary>
public sealed record ActorResponse(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>The actor wants its reminder or timer to end: Go's spellings of true.</summary>
    internal bool IsReminderCancelled =>
        Header(ActorAppClient.ReminderCancelHeader)?.ToLowerInvariant() is "true" or "1" or "t" or "y" or "yes" or "on";

    /// <summary>The first value of a header, names compared without case, or null.</summary>
    public string? Header(string name)
    {
        foreach (var header in Headers)
        {
            if (string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase))
            {
                return header.Value;
            }
        }

        return null;
    }
}
