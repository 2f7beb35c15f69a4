namespace Lucid.ServiceDefaults.Tests.Support;

/// <summary>
/// Runs several processes one step at a time in a seeded order. A step is released only when every live process stands before its next
/// one, so the seed alone decides the interleaving.
/// </summary>
internal sealed class Turnstile(int seed, double crashRate)
{
    private readonly Random _random = new(seed);
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, TaskCompletionSource<bool>> _waiting = [];
    private readonly HashSet<int> _dead = [];
    private int _live;
    private int _processes;

    /// <summary>Who may be ended at a step; a sweep of a living process is ended like any other.</summary>
    public IStepGate Join()
    {
        lock (_gate)
        {
            _live++;
            return new Gate(this, _processes++);
        }
    }

    public async Task RunAsync(IStepGate gate, Func<Task> work)
    {
        try
        {
            await Task.Yield();
            await work();
        }
        catch (SimulatedCrash)
        {
            // a dead process ends quietly
        }
        finally
        {
            lock (_gate)
            {
                _live--;
            }

            Release();
        }
    }

    private Task<bool> EnterAsync(int process)
    {
        TaskCompletionSource<bool> turn;
        lock (_gate)
        {
            if (_dead.Contains(process))
            {
                throw new SimulatedCrash();
            }

            turn = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add(process, turn);
        }

        Release();
        return turn.Task;
    }

    private void Release()
    {
        lock (_gate)
        {
            if (_waiting.Count < _live || _waiting.Count == 0)
            {
                return;
            }

            var (process, turn) = _waiting.ElementAt(_random.Next(_waiting.Count));
            _waiting.Remove(process);
            if (_random.NextDouble() >= crashRate)
            {
                turn.SetResult(false);
                return;
            }

            _dead.Add(process);
            if (_random.Next(2) == 0)
            {
                turn.SetResult(true);
            }
            else
            {
                turn.SetException(new SimulatedCrash());
            }
        }
    }

    private sealed class Gate(Turnstile turnstile, int process) : IStepGate
    {
        public Task<bool> EnterAsync() => turnstile.EnterAsync(process);
    }
}
