namespace Lucid.ServiceDefaults.Idempotency;

/// <summary>What is kept under an idempotency key.</summary>
/// <param name="BodyHash">SHA-256 of the request body, hex.</param>
/// <param name="RunningUntil">Set while the first request runs; when it passes without an answer the process died, and the request may run again.</param>
internal sealed record StoredAnswer(string BodyHash, DateTimeOffset? RunningUntil, int Status, string? ContentType, string? Location, byte[]? Body);
