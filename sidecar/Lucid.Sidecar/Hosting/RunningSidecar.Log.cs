namespace Lucid.Sidecar.Hosting;

public sealed partial class RunningSidecar
{
    [LoggerMessage(EventId = 2001, Level = LogLevel.Information, Message = "sidecar of {App} listens: HTTP {HttpPort}, gRPC {GrpcPort}")]
    private partial void LogListening(string app, int httpPort, int grpcPort);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Warning, Message = "sidecar of {App} did not stop in time; what was still in flight is cut off")]
    private partial void LogShutdownCut(string app);
}
