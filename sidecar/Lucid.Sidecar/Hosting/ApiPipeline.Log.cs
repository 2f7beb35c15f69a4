namespace Lucid.Sidecar.Hosting;

internal sealed partial class ApiPipeline
{
    [LoggerMessage(EventId = 2101, Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void LogFailure(Exception error, string method, string path);
}
