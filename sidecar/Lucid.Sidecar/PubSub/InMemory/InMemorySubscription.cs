using System.Threading.Channels;
using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.PubSub.InMemory;

internal sealed partial class InMemorySubscription : IAsyncDisposable
{
    public const int Capacity = 10_000;

    private readonly Channel<PubSubMessage> waiting = Channel.CreateBounded<PubSubMessage>(Capacity);
    private readonly CancellationTokenSource stop = new();
    private readonly HandlerSlots slots;
    private readonly PubSubHandler handler;
    private readonly ILogger logger;
    private readonly Action<InMemorySubscription> remove;
    private readonly Task loop;
    private int disposed;

    public InMemorySubscription(string topic, int concurrency, PubSubHandler handler, ILogger logger, Action<InMemorySubscription> remove)
    {
        Topic = topic;
        slots = new HandlerSlots(concurrency);
        this.handler = handler;
        this.logger = logger;
        this.remove = remove;
        loop = RunAsync();
    }

    public string Topic { get; }

    public bool TryAdd(PubSubMessage message) => waiting.Writer.TryWrite(message);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 1)
        {
            return;
        }

        remove(this);
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        await slots.DrainAsync().ConfigureAwait(false);
        slots.Dispose();
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await slots.EnterAsync(stop.Token).ConfigureAwait(false);
                PubSubMessage message;
                try
                {
                    message = await waiting.Reader.ReadAsync(stop.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    slots.Leave();
                    throw;
                }

                slots.Run(() => HandleAsync(message));
            }
        }
        catch (OperationCanceledException)
        {
            // The subscription is disposed; what still waits is lost with it, as in daprd.
        }
    }

    private async Task HandleAsync(PubSubMessage message)
    {
        try
        {
            if (!await handler(message, CancellationToken.None).ConfigureAwait(false))
            {
                LogLost(logger, Topic, "the handler failed");
            }
        }
        catch (Exception failure)
        {
            LogLost(logger, Topic, failure.Message);
        }
    }

    [LoggerMessage(3301, LogLevel.Error, "A message on topic {Topic} of an in-memory broker is lost: {Problem}")]
    private static partial void LogLost(ILogger logger, string topic, string problem);
}
