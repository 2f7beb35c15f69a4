namespace Lucid.Simulation;

/// <summary>One life of one simulated process: what it started runs only while it has not crashed. A restart is a new node.</summary>
public sealed class SimulationNode : TaskScheduler
{
    private readonly SimulationScheduler _scheduler;

    internal SimulationNode(SimulationScheduler scheduler, string name)
    {
        _scheduler = scheduler;
        Name = name;
        Context = new NodeContext(this);
        TimeProvider = new SimulatedTimeProvider(scheduler, this);
    }

    public string Name { get; }

    /// <summary>Virtual time; its timers die with the node.</summary>
    public TimeProvider TimeProvider { get; }

    public bool IsCrashed { get; private set; }

    internal SynchronizationContext Context { get; }

    internal SimulationScheduler Scheduler => _scheduler;

    public Task Run(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

    /// <summary>From now on none of its continuations and timers runs; tasks it had under way never end.</summary>
    public void Crash()
    {
        IsCrashed = true;
        _scheduler.Note($"{Name} crashed");
    }

    internal void Post(Action action) =>
        new Task(static state => ((PostedWork)state!).Action(), new PostedWork(action)).Start(this);

    protected override void QueueTask(Task task) => _scheduler.Enqueue(this, () =>
    {
        TryExecuteTask(task);
        if (task is { AsyncState: PostedWork, Exception: { } failure })
        {
            throw failure;
        }
    });

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private sealed record PostedWork(Action Action);

    private sealed class NodeContext(SimulationNode node) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => node.Post(() => d(state));

        public override void Send(SendOrPostCallback d, object? state) =>
            throw new NotSupportedException("A simulated node has one thread; it cannot wait for itself.");

        public override SynchronizationContext CreateCopy() => this;
    }
}
