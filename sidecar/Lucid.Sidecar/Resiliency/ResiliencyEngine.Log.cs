namespace Lucid.Sidecar.Resiliency;

public sealed partial class ResiliencyEngine
{
    [LoggerMessage(2721, LogLevel.Information, "circuit breaker {Breaker} is now {State}")]
    private partial void LogBreaker(string breaker, BreakerState state);
}
