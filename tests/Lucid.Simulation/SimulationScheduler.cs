using System.Runtime.ExceptionServices;

namespace Lucid.Simulation;

/// <summary>
/// Runs asynchronous code on one thread in virtual time. Among the continuations that could run next the seed chooses, so a
/// seed names one interleaving and can be run again. Code under test must stay on the scheduler: no <c>Task.Run</c>, no
/// <c>ConfigureAwait(false)</c>, time from the node's <see cref="TimeProvider"/>. Work that comes back from another thread
/// ends the run with an error, because it could not be repeated.
/// </summary>
public sealed class SimulationScheduler
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan PatienceForOtherThreads = TimeSpan.FromSeconds(2);

    private readonly object _gate = new();
    private readonly List<SimulationStep> _runnable = [];
    private readonly PriorityQueue<Action, (long Due, long Sequence)> _timers = new();
    private readonly List<string> _notes = [];
    private long _now;
    private long _timerSequence;
    private ulong _traceHash = 0xCBF2_9CE4_8422_2325;
    private int _pumpThread;
    private bool _escaped;

    public SimulationScheduler(ulong seed)
    {
        Generator = new SeededGenerator(seed);
        Main = new SimulationNode(this, "main");
    }

    /// <summary>The one source of chance; use it for test data too.</summary>
    public SeededGenerator Generator { get; }

    /// <summary>The node on which <see cref="Run"/> runs its body.</summary>
    public SimulationNode Main { get; }

    public DateTimeOffset UtcNow => Epoch.AddTicks(_now);

    /// <summary>Continuations run so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Steps after which a run is given up as endless.</summary>
    public long MaxSteps { get; init; } = 2_000_000;

    /// <summary>Called with the number of the step about to run; a crash campaign crashes a node here.</summary>
    public Action<long>? BeforeStep { get; set; }

    /// <summary>What <see cref="Note"/> recorded, with the virtual time.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Hash over every choice, node, time and note: equal for equal seeds.</summary>
    public ulong TraceHash => _traceHash;

    public SimulationNode CreateNode(string name) => new(this, name);

    public void Note(string text)
    {
        _notes.Add(FormattableString.Invariant($"{TimeSpan.FromTicks(_now).TotalMilliseconds:F3} ms {text}"));
        Trace(text);
    }

    /// <summary>Runs the body to its end and returns, or throws what it threw. Throws when nothing can run any more and it has not ended.</summary>
    public void Run(Func<Task> body)
    {
        SynchronizationContext? outer = SynchronizationContext.Current;
        _pumpThread = Environment.CurrentManagedThreadId;
        try
        {
            Task task = Main.Run(body);
            while (!task.IsCompleted)
            {
                RunStep(TakeNext());
            }

            if (task.Exception is { InnerException: { } failure })
            {
                ExceptionDispatchInfo.Throw(failure);
            }

            if (task.IsCanceled)
            {
                throw new TaskCanceledException(task);
            }
        }
        finally
        {
            _pumpThread = 0;
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    internal void Enqueue(SimulationNode node, Action action)
    {
        lock (_gate)
        {
            _escaped |= _pumpThread != 0 && _pumpThread != Environment.CurrentManagedThreadId;
            _runnable.Add(new SimulationStep(node, action));
            Monitor.Pulse(_gate);
        }
    }

    internal void After(TimeSpan delay, Action action)
    {
        lock (_gate)
        {
            _timers.Enqueue(action, (_now + Math.Max(0, delay.Ticks), _timerSequence++));
        }
    }

    private SimulationStep TakeNext()
    {
        lock (_gate)
        {
            while (true)
            {
                if (_escaped)
                {
                    throw new InvalidOperationException(
                        "Work came back from another thread: Task.Run, ConfigureAwait(false), a wait with a cancellation token of SemaphoreSlim, or the system clock. The run could not be repeated.");
                }

                if (_runnable.Count > 0)
                {
                    int choice = Generator.Next(_runnable.Count);
                    SimulationStep step = _runnable[choice];
                    _runnable.RemoveAt(choice);
                    return step;
                }

                if (_timers.TryDequeue(out Action? fire, out (long Due, long Sequence) key))
                {
                    _now = Math.Max(_now, key.Due);
                    fire();
                }
                else if (!Monitor.Wait(_gate, PatienceForOtherThreads))
                {
                    throw new InvalidOperationException(
                        $"Nothing can run any more after {Steps} steps, and the simulated work has not ended: it waits for something that never comes.");
                }
            }
        }
    }

    private void RunStep(SimulationStep step)
    {
        if (step.Node.IsCrashed)
        {
            return;
        }

        if (++Steps > MaxSteps)
        {
            throw new InvalidOperationException($"The simulation did not end within {MaxSteps} steps.");
        }

        BeforeStep?.Invoke(Steps);
        if (step.Node.IsCrashed)
        {
            return;
        }

        Trace(step.Node.Name);
        SynchronizationContext.SetSynchronizationContext(step.Node.Context);
        step.Action();
    }

    private void Trace(string text)
    {
        Mix((ulong)_now);
        foreach (char character in text)
        {
            Mix(character);
        }
    }

    private void Mix(ulong value) => _traceHash = (_traceHash ^ value) * 0x0000_0100_0000_01B3;
}
