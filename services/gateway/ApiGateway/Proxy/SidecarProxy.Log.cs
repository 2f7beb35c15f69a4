namespace Lucid.ApiGateway.Proxy;

internal sealed partial class SidecarProxy
{
    [LoggerMessage(EventId = 3101, Level = LogLevel.Warning, Message = "{Method} {Template} of {App} gave no answer: {Fault}")]
    private partial void LogFault(string method, string template, string app, UpstreamFault fault);

    [LoggerMessage(EventId = 3102, Level = LogLevel.Error, Message = "Circuit of {App} opened")]
    private partial void LogOpened(string app);
}
