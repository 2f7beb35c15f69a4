using System.Text;
using Lucid.Simulation;

namespace Lucid.Journal.Tests;

internal sealed class CrashCampaign
{
    private const string Directory = "/log";

    private readonly SimulationScheduler _scheduler;
    private readonly SimulatedFileSystem _files;
    private readonly JournalOptions _options;
    private readonly SortedDictionary<long, string> _acknowledged = [];
    private readonly HashSet<string> _written = [];
    private readonly HashSet<string> _refused = [];
    private int _serial;
    private long _mayBeRemovedBefore;

    public CrashCampaign(ulong seed)
    {
        _scheduler = new SimulationScheduler(seed);
        _files = new SimulatedFileSystem(seed)
        {
            FlushDelay = () => new ValueTask(Task.Delay(TimeSpan.FromMilliseconds(Chance.Next(4)), _scheduler.Main.TimeProvider)),
        };
        _options = new JournalOptions
        {
            FileSystem = _files,
            SegmentBytes = 200 + Chance.Next(3000),
            MaxBatchBytes = 100 + Chance.Next(2000),
            QueueCapacity = 1 + Chance.Next(20),
            AllowTruncateHead = true,
        };
    }

    public int Crashes { get; private set; }

    public int Recovered { get; private set; }

    private SeededGenerator Chance => _scheduler.Generator;

    public ulong Run()
    {
        _scheduler.Run(async () =>
        {
            for (int life = 0; life < 6; life++)
            {
                await LiveAsync();
            }
        });
        return _scheduler.TraceHash;
    }

    private async Task LiveAsync()
    {
        _files.CrashAtOperation = Chance.Chance(0.8) ? _files.Operations + 1 + Chance.Next(40) : null;
        try
        {
            await using SegmentedLog log = await SegmentedLog.OpenAsync(Directory, _options, CancellationToken.None);
            await CheckAsync(log);
            await Task.WhenAll(Enumerable.Range(0, 1 + Chance.Next(6)).Select(_ => AppendSomeAsync(log)));
        }
        catch (SimulatedCrashException)
        {
            Assert.True(_files.HasCrashed);
        }

        Crashes += _files.HasCrashed ? 1 : 0;
        _files.Capacity = null;
        if (Chance.Chance(0.8))
        {
            _files.LosePower();
        }
        else
        {
            _files.KillProcesses();
        }
    }

    private async Task AppendSomeAsync(SegmentedLog log)
    {
        for (int i = Chance.Next(20); i >= 0; i--)
        {
            string text = $"{_serial++:D6} {new string('x', Chance.Next(Chance.Chance(0.1) ? 1500 : 60))}";
            _written.Add(text);
            try
            {
                long index = await log.AppendAsync(Encoding.UTF8.GetBytes(text), CancellationToken.None);
                Assert.True(_acknowledged.TryAdd(index, text), $"index {index} was given twice");
                _scheduler.Note($"acknowledged {index}");
            }
            catch (JournalException exception) when (exception.Failure == JournalFailure.DiskFull)
            {
                _refused.Add(text);
            }
            catch (JournalException exception) when (exception.Failure == JournalFailure.Failed)
            {
                Assert.True(_files.HasCrashed);
                return;
            }

            ChangeTheWorld(log);
        }
    }

    private void ChangeTheWorld(SegmentedLog log)
    {
        if (Chance.Chance(0.1))
        {
            _files.Capacity = Chance.Chance(0.5) ? _files.UsedBytes + Chance.Next(300) : null;
        }

        if (Chance.Chance(0.05))
        {
            _mayBeRemovedBefore = Math.Max(_mayBeRemovedBefore, log.EndIndex - Chance.Next(10));
            try
            {
                log.TruncateHead(_mayBeRemovedBefore);
            }
            catch (SimulatedCrashException)
            {
                Assert.True(_files.HasCrashed);
            }
        }
    }

    private async Task CheckAsync(SegmentedLog log)
    {
        var recovered = new SortedDictionary<long, string>();
        await foreach (JournalRecord record in log.ReadAsync(log.FirstIndex, CancellationToken.None))
        {
            recovered.Add(record.Index, record.Text());
        }

        Recovered += recovered.Count;
        Assert.True(log.FirstIndex <= Math.Max(0, _mayBeRemovedBefore));
        Assert.Equal(Enumerable.Range(0, recovered.Count).Select(i => log.FirstIndex + i), recovered.Keys);
        foreach ((long index, string text) in _acknowledged.Where(pair => pair.Key >= log.FirstIndex))
        {
            Assert.True(recovered.TryGetValue(index, out string? found) && found == text, $"acknowledged record {index} is lost");
        }

        Assert.All(recovered.Values, text => Assert.Contains(text, _written));
        Assert.All(recovered.Values, text => Assert.DoesNotContain(text, _refused));
        Assert.Equal(recovered.Values, recovered.Values.Distinct());
        foreach ((long index, string text) in recovered)
        {
            _acknowledged.TryAdd(index, text); // shown to a reader, hence durable from here on
        }
    }
}
