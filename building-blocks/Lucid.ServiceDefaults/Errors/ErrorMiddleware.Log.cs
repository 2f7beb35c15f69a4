namespace Lucid.ServiceDefaults.Errors;

internal sealed partial class ErrorMiddleware
{
    [LoggerMessage(EventId = 1001, Level = LogLevel.Error, Message = "{Method} {Template} failed with {Code}")]
    private partial void LogFailed(Exception exception, string method, string template, string code);
}
