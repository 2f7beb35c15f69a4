using System.Diagnostics;
using System.Threading.Channels;

namespace Lucid.Bench.Sidecar;

/// <summary>Two ways to put load on a target; latencies in milliseconds.</summary>
internal static class Load
{
    /// <summary>
    /// Open loop: request k is due at k / rate whether or not earlier ones are answered, and its latency counts from when it was due, so
    /// that a stalled target is not spared. At most <paramref name="connections"/> at once.
    /// </summary>
    /// <param name="send">Sends one request; its argument is the timestamp at which it was due.</param>
    public static async Task<double[]> OpenAsync(int connections, int rate, double seconds, Func<long, Task> send)
    {
        var due = Channel.CreateUnbounded<long>(new UnboundedChannelOptions { SingleWriter = true });
        var workers = Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            var mine = new List<double>();
            await foreach (var moment in due.Reader.ReadAllAsync())
            {
                await send(moment);
                mine.Add(Stopwatch.GetElapsedTime(moment).TotalMilliseconds);
            }

            return mine;
        })).ToArray();
        var pacer = new Thread(() =>
        {
            var started = Stopwatch.GetTimestamp();
            for (var request = 0; request < rate * seconds; request++)
            {
                var moment = started + (long)(request * (double)Stopwatch.Frequency / rate);
                while (Stopwatch.GetTimestamp() < moment)
                {
                    // Sleeps below a millisecond: spinning would take a core from what is measured.
                    Nap.Microseconds(50);
                }

                due.Writer.TryWrite(moment);
            }

            due.Writer.Complete();
        });
        pacer.Start();
        return [.. (await Task.WhenAll(workers)).SelectMany(mine => mine)];
    }

    /// <summary>Closed loop: each connection sends as soon as it has its answer. Returns requests per second.</summary>
    public static async Task<double> ClosedAsync(int connections, double seconds, Func<int, Task> send)
    {
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, connections).Select(connection => Task.Run(async () =>
        {
            var count = 0;
            for (; Stopwatch.GetElapsedTime(started).TotalSeconds < seconds; count++)
            {
                await send(connection);
            }

            return count;
        })));
        return counts.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
