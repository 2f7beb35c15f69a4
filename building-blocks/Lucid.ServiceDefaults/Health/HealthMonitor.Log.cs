namespace Lucid.ServiceDefaults.Health;

public sealed partial class HealthMonitor
{
    [LoggerMessage(EventId = 1101, Level = LogLevel.Debug, Message = "Dependency {Dependency} is down")]
    private partial void LogDown(Exception exception, string dependency);
}
