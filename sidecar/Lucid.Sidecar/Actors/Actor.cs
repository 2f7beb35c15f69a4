namespace Lucid.Sidecar.Actors;

/// <summary>An active instance. It belongs to one engine from the first call until it is deactivated.</summary>
internal sealed class Actor(ActorKey key, ActorTypeConfiguration configuration, ActorEngine host)
{
    private readonly TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ActorKey Key => key;
    public ActorTypeConfiguration Configuration => configuration;
    public ActorEngine Host => host;
    public TurnLock Turns { get; } = new(configuration.MaxStackDepth);

    /// <summary>UTC ticks of the last start or end of a turn.</summary>
    public long LastUsed;

    /// <summary>The coming idle check.</summary>
    public TimerHeap.Entry? IdleCheck { get; set; }

    /// <summary>Ends when the directory no longer knows the instance, so that a new one may take its place.</summary>
    public Task Gone => gone.Task;

    public void MarkGone() => gone.TrySetResult();
}
