namespace Lucid.ServiceDefaults;

/// <summary>How a client calls its service.</summary>
public sealed record ServiceClientOptions
{
    /// <summary>Passes the current user's bearer token on. Default false.</summary>
    public bool ForwardUserToken { get; set; }

    /// <summary>For a whole call with its repetitions; default 30 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>False where a body streams and cannot be sent twice. Default true.</summary>
    public bool Retry { get; set; } = true;
}
