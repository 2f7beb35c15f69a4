using Lucid.Journal;

namespace Lucid.Simulation;

/// <summary>
/// A file system in memory that behaves as badly as POSIX permits: unflushed sectors, lengths and names survive a power cut
/// in any combination, chosen by the seed. It can stop at any operation, fill up, and fail a flush.
/// </summary>
public sealed partial class SimulatedFileSystem(ulong seed) : IJournalFileSystem
{
    private const int NoSpaceError = 28;
    private const int InputOutputError = 5;

    private readonly Lock _gate = new();
    private readonly SeededGenerator _generator = new(seed);
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);
    private readonly HashSet<string> _locks = new(StringComparer.Ordinal);
    private SortedDictionary<string, SimulatedInode> _names = new(StringComparer.Ordinal);
    private SortedDictionary<string, SimulatedInode> _durableNames = new(StringComparer.Ordinal);
    private int _generation;
    private bool _crashed;

    /// <summary>Operations that changed something so far; the unit of <see cref="CrashAtOperation"/>.</summary>
    public long Operations { get; private set; }

    /// <summary>The operation, counted from 1, during which the machine crashes. A write is torn, anything else does not happen.</summary>
    public long? CrashAtOperation { get; set; }

    /// <summary>Bytes all files may hold together; null for no limit.</summary>
    public long? Capacity { get; set; }

    /// <summary>Flushes that fail with an input/output error before the next one succeeds.</summary>
    public int FailingFlushes { get; set; }

    /// <summary>Awaited by every flush; a simulation puts a delay of virtual time here.</summary>
    public Func<ValueTask> FlushDelay { get; set; } = () => ValueTask.CompletedTask;

    /// <summary>Flushes of files that succeeded.</summary>
    public long Flushes { get; private set; }

    public bool HasCrashed => _crashed;

    public long UsedBytes => _names.Values.Sum(file => (long)file.Content.Length);

    /// <summary>Cuts the power. Open files and locks of before are void; the machine works again at once.</summary>
    public void LosePower()
    {
        lock (_gate)
        {
            var survivors = new SortedDictionary<string, SimulatedInode>(StringComparer.Ordinal);
            foreach (string name in _names.Keys.Union(_durableNames.Keys).Order(StringComparer.Ordinal))
            {
                SimulatedInode? before = _durableNames.GetValueOrDefault(name);
                SimulatedInode? after = _names.GetValueOrDefault(name);
                SimulatedInode? survivor = before == after || _generator.Chance(0.5) ? after : before;
                if (survivor is not null)
                {
                    survivor.LosePower(_generator);
                    survivors.Add(name, survivor);
                }
            }

            _names = survivors;
            _durableNames = new SortedDictionary<string, SimulatedInode>(survivors, StringComparer.Ordinal);
            Restart();
        }
    }

    /// <summary>Kills the processes only: open files and locks are void, everything written is still there.</summary>
    public void KillProcesses()
    {
        lock (_gate)
        {
            Restart();
        }
    }

    /// <summary>A copy of what processes see of a file.</summary>
    public byte[] ReadAll(string path)
    {
        lock (_gate)
        {
            return [.. Find(path).Content];
        }
    }

    /// <summary>Puts a durable file in place, for tests that damage one.</summary>
    public void Replace(string path, byte[] content)
    {
        lock (_gate)
        {
            var file = new SimulatedInode();
            file.Write(content, 0);
            file.Flush();
            _names[path] = file;
            _durableNames[path] = file;
        }
    }

    public void CreateDirectory(string directory)
    {
        lock (_gate)
        {
            _directories.Add(directory);
        }
    }

    public IReadOnlyList<string> ListFiles(string directory)
    {
        lock (_gate)
        {
            return _directories.Contains(directory)
                ? [.. _names.Keys.Where(path => Path.GetDirectoryName(path) == directory).Select(path => Path.GetFileName(path))]
                : throw new DirectoryNotFoundException(directory);
        }
    }

    public IDisposable? TryLock(string path)
    {
        lock (_gate)
        {
            return _locks.Add(path) ? new LockRelease(this, path, _generation) : null;
        }
    }

    public IJournalFile OpenWrite(string path)
    {
        lock (_gate)
        {
            if (!_names.TryGetValue(path, out SimulatedInode? file))
            {
                Begin();
                file = new SimulatedInode();
                _names.Add(path, file);
            }

            return new SimulatedFile(this, file, _generation);
        }
    }

    public IJournalFile OpenRead(string path)
    {
        lock (_gate)
        {
            return new SimulatedFile(this, Find(path), _generation);
        }
    }

    public void Delete(string path)
    {
        lock (_gate)
        {
            Begin();
            _names.Remove(path);
        }
    }

    public void FlushDirectory(string directory)
    {
        lock (_gate)
        {
            Begin();
            foreach (string path in _names.Keys.Union(_durableNames.Keys).Where(path => Path.GetDirectoryName(path) == directory).ToArray())
            {
                if (_names.TryGetValue(path, out SimulatedInode? file))
                {
                    _durableNames[path] = file;
                }
                else
                {
                    _durableNames.Remove(path);
                }
            }
        }
    }

    private SimulatedInode Find(string path) =>
        _names.TryGetValue(path, out SimulatedInode? file) ? file : throw new FileNotFoundException("No such file.", path);

    private void Restart()
    {
        _crashed = false;
        CrashAtOperation = null;
        _generation++;
        _locks.Clear();
    }

    private void Begin()
    {
        if (IsCrashing())
        {
            throw new SimulatedCrashException();
        }
    }

    private bool IsCrashing() => _crashed = _crashed || ++Operations == CrashAtOperation;

    private void EnsureAlive(int generation)
    {
        if (_crashed || generation != _generation)
        {
            throw new SimulatedCrashException();
        }
    }

    private void Write(SimulatedInode file, ReadOnlySpan<byte> source, int offset)
    {
        if (_crashed)
        {
            throw new SimulatedCrashException();
        }

        if (IsCrashing())
        {
            file.Write(source[.._generator.Next(source.Length + 1)], offset);
            throw new SimulatedCrashException();
        }

        long growth = Math.Max(0, offset + source.Length - file.Content.Length);
        long room = Capacity is { } capacity ? Math.Max(0, capacity - UsedBytes) : long.MaxValue;
        if (growth > room)
        {
            file.Write(source[..(int)(source.Length - growth + room)], offset);
            throw new IOException("No space left on device.", NoSpaceError);
        }

        file.Write(source, offset);
    }

    private async ValueTask FlushAsync(SimulatedInode file, int generation)
    {
        await FlushDelay();
        lock (_gate)
        {
            EnsureAlive(generation);
            Begin();
            if (FailingFlushes > 0)
            {
                FailingFlushes--;
                throw new IOException("Input/output error.", InputOutputError);
            }

            file.Flush();
            Flushes++;
        }
    }
}
