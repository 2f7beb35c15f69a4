namespace Lucid.ServiceDefaults.Errors;

/// <summary>What an error answer says, before it takes a form.</summary>
internal sealed record ErrorReport(ErrorCode Code, string Message)
{
    public string? Reason { get; init; }

    public IReadOnlyDictionary<string, object?>? Details { get; init; }

    public IReadOnlyList<FieldError>? Fields { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The <c>error</c> parameter of <c>WWW-Authenticate</c> (RFC 6750 §3.1) on 401.</summary>
    public string? Challenge { get; init; }
}
