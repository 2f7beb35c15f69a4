using System.Diagnostics;
using System.Globalization;
using Lucid.Journal;

// Usage: Lucid.Bench.Journal [directory] [seconds per row] [record bytes]
// Entries per second that a journal acknowledges as durable, beside what the same disk does with a bare write + fsync.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string root = Path.GetFullPath(args.Length > 0 ? args[0] : "journal-bench-data");
double seconds = args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 3;
int recordBytes = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 512;
var payload = new byte[recordBytes];
new Random(1).NextBytes(payload);
Directory.CreateDirectory(root);

try
{
    double rawRate = RawFlushRate();
    Console.WriteLine($"records of {recordBytes} bytes, {seconds} s per row; bare write + fsync: {rawRate:N0}/s");
    Console.WriteLine($"{"appenders",9} {"entries/s",12} {"x raw fsync",12} {"MiB/s",8} {"p50 ms",8} {"p99 ms",8} {"B alloc/entry",14} {"RSS MiB",8}");
    foreach (int appenders in (int[])[1, 16, 256])
    {
        await MeasureAsync(appenders, TimeSpan.FromSeconds(Math.Min(1, seconds))); // warm-up
        Row row = await MeasureAsync(appenders, TimeSpan.FromSeconds(seconds));
        Console.WriteLine(
            $"{appenders,9} {row.PerSecond,12:N0} {row.PerSecond / rawRate,12:N1} {row.PerSecond * recordBytes / (1 << 20),8:N1} {row.Median,8:N2} {row.Tail,8:N2} {row.AllocatedPerEntry,14:N0} {Environment.WorkingSet / 1048576.0,8:N1}");
    }

    await MeasureRecoveryAsync();
}
finally
{
    Directory.Delete(root, recursive: true);
}

double RawFlushRate()
{
    using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(Path.Combine(root, "raw"), FileMode.Create, FileAccess.Write);
    long count = 0;
    long started = Stopwatch.GetTimestamp();
    while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
    {
        RandomAccess.Write(file, payload, count * recordBytes);
        RandomAccess.FlushToDisk(file);
        count++;
    }

    return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
}

async Task<Row> MeasureAsync(int appenders, TimeSpan duration)
{
    string directory = Path.Combine(root, "log");
    await using (SegmentedLog log = await SegmentedLog.OpenAsync(directory, new JournalOptions(), CancellationToken.None))
    {
        long allocated = GC.GetTotalAllocatedBytes();
        long started = Stopwatch.GetTimestamp();
        List<double>[] latencies = await Task.WhenAll(Enumerable.Range(0, appenders).Select(_ => Task.Run(async () =>
        {
            var mine = new List<double>(1 << 14);
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                long before = Stopwatch.GetTimestamp();
                await log.AppendAsync(payload, CancellationToken.None);
                mine.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
            }

            return mine;
        })));
        double elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        double[] all = [.. latencies.SelectMany(mine => mine).Order()];
        long samples = appenders * (1L << 14) * sizeof(double); // the lists above are not the journal's
        var row = new Row(all.Length / elapsed, all[all.Length / 2], all[(int)(all.Length * 0.99)], Math.Max(0, allocated - samples) / (double)all.Length);
        await log.DisposeAsync();
        Directory.Delete(directory, recursive: true);
        return row;
    }
}

async Task MeasureRecoveryAsync()
{
    const int Records = 200_000;
    string directory = Path.Combine(root, "recovery");
    await using (SegmentedLog log = await SegmentedLog.OpenAsync(directory, new JournalOptions(), CancellationToken.None))
    {
        for (int written = 0; written < Records; written += 1000)
        {
            await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => log.AppendAsync(payload, CancellationToken.None).AsTask()));
        }
    }

    long started = Stopwatch.GetTimestamp();
    await using SegmentedLog again = await SegmentedLog.OpenAsync(directory, new JournalOptions(), CancellationToken.None);
    double open = Stopwatch.GetElapsedTime(started).TotalSeconds;
    started = Stopwatch.GetTimestamp();
    long count = 0;
    await foreach (JournalRecord record in again.ReadAsync(0, CancellationToken.None))
    {
        count++;
    }

    double read = Stopwatch.GetElapsedTime(started).TotalSeconds;
    double mebibytes = Records * (double)(recordBytes + 20) / (1 << 20);
    Console.WriteLine($"opening with every record checked: {Records / open:N0} records/s, {mebibytes / open:N0} MiB/s; reading all {count:N0}: {count / read:N0} records/s");
}

internal sealed record Row(double PerSecond, double Median, double Tail, double AllocatedPerEntry);
