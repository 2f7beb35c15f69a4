namespace Lucid.AuthService.Endpoints;

internal sealed partial class LoginFailures
{
    [LoggerMessage(EventId = 9001, Level = LogLevel.Information, Message = "A wallet log-in was refused: {Reason}")]
    private partial void LogRefused(string reason);

    [LoggerMessage(EventId = 9002, Level = LogLevel.Warning, Message = "A refused log-in could not be published")]
    private partial void LogUntold(Exception exception);
}
