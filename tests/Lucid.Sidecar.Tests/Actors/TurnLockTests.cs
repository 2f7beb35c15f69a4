using Lucid.Sidecar.Actors;

namespace Lucid.Sidecar.Tests.Actors;

public sealed class TurnLockTests
{
    [Fact]
    public async Task Turns_come_in_the_order_of_asking()
    {
        var turns = new TurnLock(0);
        var order = new List<int>();
        var (_, first) = await turns.EnterAsync(null, CancellationToken.None);
        var waiting = Enumerable.Range(0, 100).Select(async number =>
        {
            var (entry, turn) = await turns.EnterAsync(null, CancellationToken.None);
            Assert.Equal(TurnEntry.Entered, entry);
            order.Add(number);
            turns.Leave(turn!);
        }).ToArray();
        Assert.Empty(order);
        turns.Leave(first!);
        await Task.WhenAll(waiting);
        Assert.Equal(Enumerable.Range(0, 100), order);
    }

    [Fact]
    public async Task A_caller_that_goes_away_while_waiting_gives_its_place_up()
    {
        var turns = new TurnLock(0);
        var (_, first) = await turns.EnterAsync(null, CancellationToken.None);
        using var gone = new CancellationTokenSource();
        var second = turns.EnterAsync(null, gone.Token).AsTask();
        var third = turns.EnterAsync(null, CancellationToken.None).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.False(third.IsCompleted);
        turns.Leave(first!);
        Assert.Equal(TurnEntry.Entered, (await third).Entry);
    }

    [Fact]
    public async Task A_chain_enters_its_own_turn_again_and_others_wait()
    {
        var turns = new TurnLock(32);
        var held = new List<TurnLock.Turn>();
        for (var depth = 1; depth <= 32; depth++)
        {
            var (entry, turn) = await turns.EnterAsync("chain", CancellationToken.None);
            Assert.Equal(TurnEntry.Entered, entry);
            held.Add(turn!);
        }

        Assert.Equal(TurnEntry.TooDeep, (await turns.EnterAsync("chain", CancellationToken.None)).Entry);
        var stranger = turns.EnterAsync("other", CancellationToken.None).AsTask();
        foreach (var turn in held)
        {
            Assert.False(stranger.IsCompleted);
            turns.Leave(turn);
        }

        Assert.Equal(TurnEntry.Entered, (await stranger).Entry);
    }

    [Fact]
    public async Task Without_reentrancy_the_same_chain_waits()
    {
        var turns = new TurnLock(0);
        var (_, first) = await turns.EnterAsync("chain", CancellationToken.None);
        var second = turns.EnterAsync("chain", CancellationToken.None).AsTask();
        Assert.False(second.IsCompleted);
        turns.Leave(first!);
        Assert.Equal(TurnEntry.Entered, (await second).Entry);
    }

    [Fact]
    public async Task Closing_turns_the_waiting_away_lets_the_running_end_and_its_chain_in()
    {
        var turns = new TurnLock(2);
        var (_, running) = await turns.EnterAsync("chain", CancellationToken.None);
        var waiting = turns.EnterAsync(null, CancellationToken.None).AsTask();
        Assert.False(turns.TryCloseIdle());
        var drained = turns.CloseAsync();
        Assert.Equal(TurnEntry.Closed, (await waiting).Entry);
        Assert.Equal(TurnEntry.Closed, (await turns.EnterAsync(null, CancellationToken.None)).Entry);
        Assert.Equal(TurnEntry.Entered, (await turns.EnterAsync("chain", CancellationToken.None)).Entry);
        turns.Leave(running!);
        Assert.False(drained.IsCompleted);
        turns.Leave(running!);
        await drained;
    }

    [Fact]
    public async Task An_idle_lock_closes_once()
    {
        var turns = new TurnLock(0);
        var (_, turn) = await turns.EnterAsync(null, CancellationToken.None);
        turns.Leave(turn!);
        Assert.True(turns.TryCloseIdle());
        Assert.False(turns.TryCloseIdle());
        Assert.Equal(TurnEntry.Closed, (await turns.EnterAsync(null, CancellationToken.None)).Entry);
    }

    /// <summary>Random histories of asking, giving up and leaving give turns in the order of a plain queue.</summary>
    [Fact]
    public async Task Any_history_of_callers_is_served_like_a_queue()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var turns = new TurnLock(0);
            var queue = new List<(Task<(TurnEntry Entry, TurnLock.Turn? Turn)> Asking, CancellationTokenSource Patience)>();
            for (var step = 0; step < 60; step++)
            {
                var action = random.Next(3);
                if (action == 0 || queue.Count == 0)
                {
                    var patience = new CancellationTokenSource();
                    queue.Add((turns.EnterAsync(null, patience.Token).AsTask(), patience));
                }
                else if (action == 1 && queue.Count > 1)
                {
                    var (asking, patience) = queue[random.Next(1, queue.Count)];
                    queue.Remove((asking, patience));
                    await patience.CancelAsync();
                    await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
                }
                else
                {
                    turns.Leave((await queue[0].Asking).Turn!);
                    queue.RemoveAt(0);
                }

                if (queue.Count > 0)
                {
                    Assert.Equal(TurnEntry.Entered, (await queue[0].Asking.WaitAsync(TimeSpan.FromSeconds(10))).Entry);
                    Assert.All(queue.Skip(1), waiting => Assert.False(waiting.Asking.IsCompleted));
                }
            }
        }
    }

    /// <summary>1,000 actors, 20,000 calls from eight threads, some of which give up: no overlap, nobody is forgotten.</summary>
    [Fact]
    public async Task Under_load_turns_never_overlap_and_nobody_is_forgotten()
    {
        const int Actors = 1000;
        var locks = Enumerable.Range(0, Actors).Select(_ => new TurnLock(0)).ToArray();
        var inside = new int[Actors];
        var entered = 0;
        var gaveUp = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            await Task.WhenAll(Enumerable.Range(0, 2500).Select(async call =>
            {
                var actor = random.Next(Actors);
                using var patience = new CancellationTokenSource();
                var asking = locks[actor].EnterAsync(null, patience.Token);
                if (call % 7 == 0)
                {
                    await patience.CancelAsync();
                }

                try
                {
                    var (entry, turn) = await asking;
                    Assert.Equal(TurnEntry.Entered, entry);
                    Assert.Equal(1, Interlocked.Increment(ref inside[actor]));
                    await Task.Yield();
                    Interlocked.Decrement(ref inside[actor]);
                    Interlocked.Increment(ref entered);
                    locks[actor].Leave(turn!);
                }
                catch (OperationCanceledException)
                {
                    Interlocked.Increment(ref gaveUp);
                }
            }));
        })));
        Assert.Equal(20_000, entered + gaveUp);
        Assert.All(locks, turns => Assert.True(turns.TryCloseIdle()));
    }
}
