using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Lucid.Sidecar.Tests.Telemetry;

/// <summary>Log messages as text.</summary>
internal sealed class Lines : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> written = new();

    public IReadOnlyList<string> Written => [.. written];

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => written.Enqueue(formatter(state, exception));

    public void Dispose()
    {
    }
}
