namespace Lucid.ServiceDefaults;

/// <summary>A refusal that has to cross layers where a value is impractical; becomes the error answer of its code. Prefer <see cref="LucidResults"/>.</summary>
/// <param name="message">A sentence for the caller: what to do. Goes out as written.</param>
public sealed class LucidException(ErrorCode code, string message, string? reason = null, Exception? inner = null) : Exception(message, inner)
{
    public ErrorCode Code { get; } = code;

    public string? Reason { get; } = reason;

    /// <summary>Value of <c>Retry-After</c>.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
