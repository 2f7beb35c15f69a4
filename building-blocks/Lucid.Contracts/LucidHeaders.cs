namespace Lucid.Contracts;

/// <summary>Header names that cross a process.</summary>
public static class LucidHeaders
{
    public const string RequestId = "X-Request-ID";
    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary>Between sidecar and app, both ways.</summary>
    public const string DaprApiToken = "dapr-api-token";

    public const string DaprAppId = "dapr-app-id";

    /// <summary>Set by the caller's sidecar; fit for a second check, never the only one.</summary>
    public const string DaprCallerAppId = "dapr-caller-app-id";

    public const string DaprCallerNamespace = "dapr-caller-namespace";
    public const string DaprCalleeAppId = "dapr-callee-app-id";

    /// <summary>Per-session secret of a capture source, minted by the pipeline at start.</summary>
    public const string IngestToken = "X-Lucid-Ingest-Token";

    /// <summary>The client's address as the gateway sees it, towards auth; believed from the gateway only. Empty for onion clients.</summary>
    public const string ClientAddress = "X-Lucid-Client-Address";

    /// <summary>How many milliseconds the caller still waits for the head of the answer, from 1 to those of a day; set inside only.</summary>
    public const string Deadline = "X-Lucid-Deadline";

    /// <summary>RFC 9530 digest of a chunk body: <c>sha-256=:…:</c>.</summary>
    public const string ReprDigest = "Repr-Digest";

    /// <summary>Headers whose name starts with one of these come from inside only; public listeners strip them.</summary>
    public static IReadOnlyList<string> InternalPrefixes { get; } = ["dapr-", "x-lucid-", "x-user-"];
}
