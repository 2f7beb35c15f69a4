using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Actors;

/// <summary>Timers of the instances one engine hosts. They live in memory and end with their instance.</summary>
internal sealed class TimerService(ActorEngine engine, ActorDirectory directory, TimerHeap heap, ActorMetrics metrics, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<Actor, Dictionary<string, ActorTimer>> timers = [];

    /// <exception cref="DaprApiException"/>
    public void Create(TimerRequest request, ActorKey key)
    {
        var (plan, problem) = FiringPlan.Parse(request.DueTime, request.Period, request.TimeToLive, time.GetUtcNow());
        if (plan is null)
        {
            throw new DaprApiException(ActorErrors.TimerCreate(problem));
        }

        if (directory.Find(key) is not { } actor || actor.Host != engine)
        {
            throw new DaprApiException(ActorErrors.TimerCreate($"can't create timer for actor {key}: actor not activated"));
        }

        lock (gate)
        {
            if (actor.Gone.IsCompleted)
            {
                throw new DaprApiException(ActorErrors.TimerCreate($"can't create timer for actor {key}: actor not activated"));
            }

            if (!timers.TryGetValue(actor, out var own))
            {
                timers[actor] = own = new Dictionary<string, ActorTimer>(StringComparer.Ordinal);
            }

            if (own.Remove(request.Name, out var replaced))
            {
                heap.Cancel(replaced.Waiting);
            }
            else
            {
                metrics.Timers(key.Type, 1);
            }

            var timer = new ActorTimer(actor, request, plan);
            own[request.Name] = timer;
            timer.Waiting = heap.Schedule(plan.Next, () => FireAsync(timer));
        }
    }

    public void Delete(ActorKey key, string name)
    {
        lock (gate)
        {
            if (directory.Find(key) is { } actor && timers.TryGetValue(actor, out var own) && own.TryGetValue(name, out var timer))
            {
                Remove(timer);
            }
        }
    }

    public void Drop(Actor actor)
    {
        lock (gate)
        {
            if (timers.Remove(actor, out var own))
            {
                metrics.Timers(actor.Key.Type, -own.Count);
                foreach (var timer in own.Values)
                {
                    heap.Cancel(timer.Waiting);
                }
            }
        }
    }

    private async Task FireAsync(ActorTimer timer)
    {
        if (!IsCurrent(timer))
        {
            return;
        }

        var (actor, plan) = (timer.Actor, timer.Plan);
        if (plan.IsExpired(time.GetUtcNow()))
        {
            End(timer);
            return;
        }

        var call = new ActorCall(
            $"timer/{Uri.EscapeDataString(timer.Request.Name)}", "", FiringBody.Headers, FiringBody.Write(plan, timer.Request.Data, timer.Request.Callback))
        {
            StillWanted = () => IsCurrent(timer),
        };
        TurnResult result;
        try
        {
            result = await engine.RunTurnAsync(actor, call, engine.Stopping);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (result.Outcome is TurnOutcome.NotWanted or TurnOutcome.Closed)
        {
            return;
        }

        // A timer that failed is not repeated; the next period comes as usual.
        metrics.TimerFired(actor.Key.Type, result.Response is { Status: 200 });
        if (result.Response is { Status: 200, IsReminderCancelled: true } || plan.After(time.GetUtcNow()) is not { } next)
        {
            End(timer);
            return;
        }

        lock (gate)
        {
            if (IsCurrent(timer))
            {
                timer.Plan = next;
                timer.Waiting = heap.Schedule(next.Next, () => FireAsync(timer));
            }
        }
    }

    private void End(ActorTimer timer)
    {
        lock (gate)
        {
            if (IsCurrent(timer))
            {
                Remove(timer);
            }
        }
    }

    private void Remove(ActorTimer timer)
    {
        timers[timer.Actor].Remove(timer.Request.Name);
        heap.Cancel(timer.Waiting);
        metrics.Timers(timer.Actor.Key.Type, -1);
    }

    private bool IsCurrent(ActorTimer timer)
    {
        lock (gate)
        {
            return timers.TryGetValue(timer.Actor, out var own) && own.GetValueOrDefault(timer.Request.Name) == timer;
        }
    }

    private sealed class ActorTimer(Actor actor, TimerRequest request, FiringPlan plan)
    {
        public Actor Actor => actor;
        public TimerRequest Request => request;
        public FiringPlan Plan { get; set; } = plan;
        public TimerHeap.Entry? Waiting { get; set; }
    }
}
