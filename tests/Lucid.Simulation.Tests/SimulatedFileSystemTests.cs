using Lucid.Journal;

namespace Lucid.Simulation.Tests;

public sealed class SimulatedFileSystemTests
{
    private const string Directory = "/d";
    private const string Name = "/d/file";

    private static async Task<SimulatedFileSystem> WithDurableFileAsync(ulong seed, byte[] content)
    {
        var files = new SimulatedFileSystem(seed);
        files.CreateDirectory(Directory);
        IJournalFile file = files.OpenWrite(Name);
        file.Write(content, 0);
        await file.FlushAsync();
        files.FlushDirectory(Directory);
        return files;
    }

    [Fact]
    public async Task Flushed_bytes_and_names_survive_every_power_cut()
    {
        for (ulong seed = 0; seed < 100; seed++)
        {
            SimulatedFileSystem files = await WithDurableFileAsync(seed, [1, 2, 3]);
            files.LosePower();
            Assert.Equal([1, 2, 3], files.ReadAll(Name));
        }
    }

    [Fact]
    public async Task Unflushed_sectors_survive_in_any_combination()
    {
        var outcomes = new HashSet<string>();
        for (ulong seed = 0; seed < 300; seed++)
        {
            SimulatedFileSystem files = await WithDurableFileAsync(seed, [9]);
            IJournalFile file = files.OpenWrite(Name);
            file.Write([.. Enumerable.Repeat((byte)7, 1535)], 1);
            files.LosePower();
            byte[] survivor = files.ReadAll(Name);
            Assert.Equal(9, survivor[0]);
            outcomes.Add(survivor.Length == 1 ? "nothing" : string.Concat(new[] { 256, 768, 1280 }.Select(at => survivor[at])));
        }

        Assert.Superset(new HashSet<string> { "nothing", "777", "000", "707", "077", "007" }, outcomes);
    }

    [Fact]
    public void An_unflushed_name_may_vanish_and_an_unflushed_removal_may_be_undone()
    {
        var created = new HashSet<bool>();
        for (ulong seed = 0; seed < 50; seed++)
        {
            var files = new SimulatedFileSystem(seed);
            files.CreateDirectory(Directory);
            files.OpenWrite(Name);
            files.LosePower();
            created.Add(files.ListFiles(Directory) is ["file"]);
            files.Replace(Name, [1]);
            files.Delete(Name);
            files.LosePower();
            created.Add(files.ListFiles(Directory) is ["file"]);
        }

        Assert.Equal(2, created.Count);
    }

    [Fact]
    public async Task A_crash_tears_the_write_and_stops_everything_until_power_returns()
    {
        var lengths = new HashSet<int>();
        for (ulong seed = 0; seed < 100; seed++)
        {
            SimulatedFileSystem files = await WithDurableFileAsync(seed, [1]);
            IJournalFile file = files.OpenWrite(Name);
            files.CrashAtOperation = files.Operations + 1;
            Assert.Throws<SimulatedCrashException>(() => file.Write(new byte[10], 1));
            Assert.Throws<SimulatedCrashException>(() => file.SetLength(0));
            files.KillProcesses();
            Assert.Throws<SimulatedCrashException>(() => file.Length);
            lengths.Add(files.ReadAll(Name).Length);
        }

        Assert.Equal(Enumerable.Range(1, 11), lengths.Order());
    }

    [Fact]
    public async Task A_full_disk_takes_what_fits_and_says_so_with_the_error_number()
    {
        SimulatedFileSystem files = await WithDurableFileAsync(1, [1]);
        files.Capacity = 5;
        IJournalFile file = files.OpenWrite(Name);
        var failure = Assert.Throws<IOException>(() => file.Write(new byte[10], 1));
        Assert.Equal(28, failure.HResult);
        Assert.Equal(5, file.Length);
        file.Write(new byte[5], 0); // overwriting needs no room
    }

    [Fact]
    public void A_lock_excludes_others_until_released_or_its_holder_dies()
    {
        var files = new SimulatedFileSystem(1);
        IDisposable held = files.TryLock("/d/lock")!;
        Assert.Null(files.TryLock("/d/lock"));
        files.KillProcesses();
        using IDisposable? next = files.TryLock("/d/lock");
        Assert.NotNull(next);
        held.Dispose(); // of the dead process: releases nothing
        Assert.Null(files.TryLock("/d/lock"));
    }
}
