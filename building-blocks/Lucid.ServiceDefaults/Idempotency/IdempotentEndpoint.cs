namespace Lucid.ServiceDefaults.Idempotency;

internal sealed record IdempotentEndpoint(bool Required);
