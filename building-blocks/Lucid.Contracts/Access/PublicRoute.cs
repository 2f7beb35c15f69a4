namespace Lucid.Contracts.Access;

/// <summary>A route of the public edge and where it leads. What is not in the table does not exist for the outside.</summary>
/// <param name="Verb">Upper-case HTTP verb.</param>
/// <param name="Path">External path template.</param>
/// <param name="App">App-id of the owner.</param>
/// <param name="Target">The owner's path template, with the same parameters.</param>
public sealed record PublicRoute(string Verb, string Path, string App, string Target, RouteAccess Access)
{
    /// <summary>Named limit beside the caller's tier; null: the tier only.</summary>
    public string? Limit { get; init; }

    /// <summary>Seconds the edge waits for the answer's head.</summary>
    public int TimeoutSeconds { get; init; } = 30;

    /// <summary>Largest request body in bytes.</summary>
    public long MaxBody { get; init; } = 1 << 20;

    /// <summary>True for bodies of octets that pass unread.</summary>
    public bool IsBinary { get; init; }

    /// <summary>Requires a factor proven within the last 300 s.</summary>
    public bool StepUp { get; init; }
}
