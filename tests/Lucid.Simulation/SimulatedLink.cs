namespace Lucid.Simulation;

/// <summary>A one-way connection to a node that loses, delays, repeats and reorders messages as the seed says.</summary>
public sealed class SimulatedLink<T>(SimulationNode receiver, string name, LinkOptions options, Action<T> deliver)
{
    private DateTimeOffset _lastArrival;

    /// <summary>Cut: everything sent meanwhile is lost; what is under way still arrives.</summary>
    public bool IsDown { get; set; }

    public void Send(T message)
    {
        SeededGenerator generator = receiver.Scheduler.Generator;
        if (IsDown || generator.Chance(options.DropProbability))
        {
            receiver.Scheduler.Note($"{name} dropped");
            return;
        }

        SendCopy(message);
        if (generator.Chance(options.DuplicateProbability))
        {
            SendCopy(message);
        }
    }

    private void SendCopy(T message)
    {
        SimulationScheduler scheduler = receiver.Scheduler;
        DateTimeOffset arrival = scheduler.UtcNow + scheduler.Generator.Between(options.LeastDelay, options.MostDelay);
        if (options.KeepsOrder && arrival <= _lastArrival)
        {
            arrival = _lastArrival.AddTicks(1);
        }

        _lastArrival = arrival;
        scheduler.After(arrival - scheduler.UtcNow, () =>
        {
            if (!receiver.IsCrashed)
            {
                receiver.Post(() =>
                {
                    scheduler.Note($"{name} delivered");
                    deliver(message);
                });
            }
        });
    }
}
