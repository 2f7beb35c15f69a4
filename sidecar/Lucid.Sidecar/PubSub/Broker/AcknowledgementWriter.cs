using System.Threading.Channels;
using Lucid.Journal;

namespace Lucid.Sidecar.PubSub.Broker;

/// <summary>
/// Writes acknowledgements in batches. Nobody waits for them: one that a crash loses means that its message is delivered again.
/// </summary>
internal sealed partial class AcknowledgementWriter : IAsyncDisposable
{
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly Func<AcknowledgeRecord, Task> append;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource hurry = new();
    private readonly Channel<(ConsumerGroup Group, long Index)> waiting =
        Channel.CreateUnbounded<(ConsumerGroup, long)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task loop;

    public AcknowledgementWriter(Func<AcknowledgeRecord, Task> append, TimeProvider time, ILogger logger)
    {
        this.append = append;
        this.time = time;
        this.logger = logger;
        loop = RunAsync();
    }

    public void Add(ConsumerGroup group, long index) => waiting.Writer.TryWrite((group, index));

    /// <summary>Writes what waits.</summary>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await hurry.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        hurry.Dispose();
    }

    private async Task RunAsync()
    {
        Dictionary<ConsumerGroup, List<long>> batch = [];
        while (batch.Count > 0 || await waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            await PauseAsync(Linger).ConfigureAwait(false);
            while (waiting.Reader.TryRead(out var next))
            {
                (batch.TryGetValue(next.Group, out var indexes) ? indexes : batch[next.Group] = []).Add(next.Index);
            }

            try
            {
                await Task.WhenAll(batch.Select(pair =>
                    append(new AcknowledgeRecord(pair.Key.Topic.Name, pair.Key.Name, pair.Value)))).ConfigureAwait(false);
                batch.Clear();
            }
            catch (JournalException failure) when (failure.Failure is JournalFailure.DiskFull && !hurry.IsCancellationRequested)
            {
                LogNotWritten(logger, failure.Message);
                await PauseAsync(PauseAfterFailure).ConfigureAwait(false);
            }
            catch (JournalException failure)
            {
                waiting.Writer.TryComplete();
                LogNotWritten(logger, failure.Message);
                return;
            }
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, time, hurry.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The broker closes: no reason to wait for more.
        }
    }

    [LoggerMessage(3401, LogLevel.Error, "Acknowledgements could not be written; after a restart their messages are delivered again: {Problem}")]
    private static partial void LogNotWritten(ILogger logger, string problem);
}
