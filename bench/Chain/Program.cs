using System.Diagnostics;
using System.Globalization;
using Lucid.BlockchainEngine;
using Lucid.BlockchainEngine.Domain;
using Lucid.BlockchainEngine.Tests.Support;
using Lucid.Journal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

// Usage: Lucid.Bench.Chain [blocks] [directory]
// How long an engine takes to open a block log of that many blocks, every tenth with an anchored session. The log is made by the engine
// itself, one slot after another; a directory that has such a log already is opened as it is.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int wanted = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 300_000;
string directory = Path.GetFullPath(args.Length > 1 ? args[1] : "chain-bench-data");
bool isOurs = !Directory.Exists(directory);
using var chain = new TestChain("bench");
var clock = new FakeTimeProvider(TestChain.Start.AddMilliseconds(1));

try
{
    await MakeAsync();
    long size = Directory.EnumerateFiles(Path.Combine(directory, "log")).Sum(file => new FileInfo(file).Length);
    Console.WriteLine($"{wanted:N0} blocks, {size / 1048576.0:N0} MiB of log; load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
    for (int round = 1; round <= 3; round++)
    {
        GC.Collect();
        long held = GC.GetTotalMemory(forceFullCollection: true);
        TimeSpan processor = Process.GetCurrentProcess().TotalProcessorTime;
        long started = Stopwatch.GetTimestamp();
        await using ChainNode node = await OpenAsync(observe: true);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        processor = Process.GetCurrentProcess().TotalProcessorTime - processor;
        Console.WriteLine(
            $"opened and verified to block {node.State.Height:N0}: {elapsed.TotalSeconds:N1} s ({node.State.Height / elapsed.TotalSeconds:N0} blocks/s), processor {processor.TotalSeconds:N1} s, index {(GC.GetTotalMemory(forceFullCollection: true) - held) / 1048576.0:N0} MiB");
    }
}
finally
{
    if (isOurs)
    {
        Directory.Delete(directory, recursive: true);
    }
}

Task<ChainNode> OpenAsync(bool observe) => ChainNode.OpenAsync(
    chain.Genesis, directory, PhysicalFileSystem.Instance, new MemoryFence().Open(), observe ? null : chain.Authority, clock, NullLogger<ChainNode>.Instance, CancellationToken.None);

async Task MakeAsync()
{
    if (!isOurs)
    {
        return;
    }

    long started = Stopwatch.GetTimestamp();
    await using ChainNode node = await OpenAsync(observe: false);
    for (int height = 1; height <= wanted; height++)
    {
        clock.Advance(TimeSpan.FromSeconds(chain.Genesis.SlotSeconds));
        if (height % 10 == 0)
        {
            await node.SubmitAsync(chain.Anchor(height, clock.GetUtcNow()).SignedBytes, CancellationToken.None);
        }

        ProduceOutcome outcome = await node.ProduceAsync(CancellationToken.None);
        if (outcome != ProduceOutcome.Produced)
        {
            throw new InvalidOperationException($"block {height} was not made: {outcome}");
        }
    }

    Console.WriteLine($"made {wanted:N0} blocks in {Stopwatch.GetElapsedTime(started).TotalSeconds:N0} s");
}
