namespace Lucid.ServiceDefaults;

/// <summary>The <c>X-Request-ID</c> of the work at hand: a UUID that flows with the asynchronous call chain into logs, events, errors and calls.</summary>
public static class RequestId
{
    private static readonly AsyncLocal<string?> Ambient = new();

    /// <summary>Null outside of a request or <see cref="Begin"/>.</summary>
    public static string? Current => Ambient.Value;

    /// <summary>For work that no request started (a sweep, a timer). Ends with the calling asynchronous method.</summary>
    public static void Begin(string id) => Ambient.Value = id;

    public static string Create(TimeProvider clock) => Guid.CreateVersion7(clock.GetUtcNow()).ToString();
}
