namespace Lucid.Sidecar.Actors;

internal enum TurnEntry
{
    Entered,

    /// <summary>The actor is being put down; a new instance will take the call.</summary>
    Closed,

    /// <summary>The chain of reentrant calls is deeper than allowed.</summary>
    TooDeep,
}

/// <summary>
/// One actor's turns: strictly first come, first served. Calls of one reentrancy chain share a turn, up to a depth.
/// </summary>
/// <param name="maxDepth">0: not reentrant.</param>
internal sealed class TurnLock(int maxDepth)
{
    private readonly Lock gate = new();
    private readonly LinkedList<Turn> turns = new();
    private TaskCompletionSource? drained;
    private bool closed;

    public bool IsReentrant => maxDepth > 0;

    /// <summary>
    /// Waits for a turn; <see cref="Leave"/> must follow when the result is <see cref="TurnEntry.Entered"/>.
    /// Cancellation while waiting gives the place in the queue up.
    /// </summary>
    /// <param name="chain">Reentrancy id, or null.</param>
    public async ValueTask<(TurnEntry Entry, Turn? Turn)> EnterAsync(string? chain, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Turn turn;
        lock (gate)
        {
            if (chain is not null && IsReentrant && Find(chain) is { } own)
            {
                if (own.Depth >= maxDepth)
                {
                    return (TurnEntry.TooDeep, null);
                }

                own.Depth++;
                turn = own;
            }
            else if (closed)
            {
                return (TurnEntry.Closed, null);
            }
            else
            {
                turn = new Turn(chain) { Depth = 1 };
                turn.Node = turns.AddLast(turn);
                turn.Start = turns.Count == 1 ? null : new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            if (turn.Start is null)
            {
                return (TurnEntry.Entered, turn);
            }
        }

        try
        {
            return await turn.Start.Task.WaitAsync(cancellationToken) ? (TurnEntry.Entered, turn) : (TurnEntry.Closed, null);
        }
        catch (OperationCanceledException)
        {
            Leave(turn);
            throw;
        }
    }

    public void Leave(Turn turn)
    {
        lock (gate)
        {
            if (--turn.Depth > 0 || turn.Node?.List is null)
            {
                return;
            }

            var wasHead = turns.First == turn.Node;
            turns.Remove(turn.Node);
            if (wasHead)
            {
                turns.First?.Value.Start!.TrySetResult(true);
            }

            if (turns.Count == 0)
            {
                drained?.TrySetResult();
            }
        }
    }

    /// <summary>Closes if nobody holds or awaits a turn.</summary>
    public bool TryCloseIdle()
    {
        lock (gate)
        {
            if (turns.Count > 0 || closed)
            {
                return false;
            }

            return closed = true;
        }
    }

    /// <summary>Turns everybody away who still waits. The task ends when the running turn has ended.</summary>
    public Task CloseAsync()
    {
        lock (gate)
        {
            closed = true;
            while (turns.Count > 1)
            {
                turns.Last!.Value.Start!.TrySetResult(false);
                turns.RemoveLast();
            }

            if (turns.Count == 0)
            {
                return Task.CompletedTask;
            }

            drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return drained.Task;
        }
    }

    private Turn? Find(string chain)
    {
        foreach (var turn in turns)
        {
            if (string.Equals(turn.Chain, chain, StringComparison.Ordinal))
            {
                return turn;
            }
        }

        return null;
    }

    internal sealed class Turn(string? chain)
    {
        public string? Chain { get; } = chain;
        public int Depth { get; set; }
        public LinkedListNode<Turn>? Node { get; set; }

        /// <summary>Null: started at once. True: started; false: turned away.</summary>
        public TaskCompletionSource<bool>? Start { get; set; }
    }
}
