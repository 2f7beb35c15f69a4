namespace Lucid.Sidecar.Actors;

/// <summary>An active instance. It belongs to one engine from the first call until it is deactivated.</summary>
internal sealed class Actor : IDisposable
{
    private readonly TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource aborted = new();
    private int ended;

    public Actor(ActorKey key, ActorTypeConfiguration configuration, ActorEngine host)
    {
        Key = key;
        Configuration = configuration;
        Host = host;
        Turns = new TurnLock(configuration.MaxStackDepth);
        Aborted = aborted.Token;
    }

    public ActorKey Key { get; }
    public ActorTypeConfiguration Configuration { get; }
    public ActorEngine Host { get; }
    public TurnLock Turns { get; }

    /// <summary>Ends a call that still runs when the instance is gone (its app's process has ended, or draining took too long).</summary>
    public CancellationToken Aborted { get; }

    /// <summary>UTC ticks of the last start or end of a turn.</summary>
    public long LastUsed;

    /// <summary>The coming idle check.</summary>
    public TimerHeap.Entry? IdleCheck { get; set; }

    /// <summary>Ends when the directory no longer knows the instance, so that a new one may take its place.</summary>
    public Task Gone => gone.Task;

    /// <summary>The instance is gone.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref ended, 1) == 0)
        {
            aborted.Cancel();
            aborted.Dispose();
            gone.SetResult();
        }
    }
}
