namespace Lucid.Sidecar.Hosting;

internal sealed partial class AppLifecycle
{
    [LoggerMessage(EventId = 2010, Level = LogLevel.Information, Message = "app {App} is up on port {Port}")]
    private partial void LogAppReady(string app, int port);

    [LoggerMessage(EventId = 2011, Level = LogLevel.Warning, Message = "app {App} is not healthy; its subscriptions and actors are stopped")]
    private partial void LogAppUnhealthy(string app);

    [LoggerMessage(EventId = 2012, Level = LogLevel.Error, Message = "app {App}: {Part} failed")]
    private partial void LogPartFailed(Exception error, string app, string part);
}
