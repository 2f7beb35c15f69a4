using Lucid.Sidecar.Health;
using Lucid.Sidecar.Invocation;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Hosting;

/// <summary>
/// Follows the app: waits for its port, then for its health, starts the parts that need it, and takes them down again
/// when it turns unhealthy, is replaced, or the sidecar stops.
/// </summary>
internal sealed partial class AppLifecycle(
    AppChannel app, AppProbe probe, IReadOnlyList<SidecarPart> parts, HealthState health, SidecarContext context) : IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly ILogger log = context.Loggers.CreateLogger<AppLifecycle>();
    private CancellationTokenSource? epoch;
    private Task running = Task.CompletedTask;

    public void Start()
    {
        epoch = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        running = RunAsync(epoch.Token);
    }

    /// <summary>Ends what belongs to the present app and starts anew; returns when the old is down.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await EndAsync(cancellationToken).ConfigureAwait(false);
            if (!stop.IsCancellationRequested)
            {
                Start();
            }
        }
        finally
        {
            turn.Release();
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await EndAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        stop.Dispose();
        turn.Dispose();
        epoch?.Dispose();
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        if (epoch is { } current)
        {
            await current.CancelAsync().ConfigureAwait(false);
            await running.WaitAsync(cancellationToken).ConfigureAwait(false);
            current.Dispose();
            epoch = null;
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (app.Port == 0)
            {
                health.SetReady(true);
                return;
            }

            while (true)
            {
                await UpAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            health.SetReady(false);
        }
    }

    /// <summary>One stretch of health, from waiting for the app to its loss.</summary>
    private async Task UpAsync(CancellationToken cancellationToken)
    {
        await probe.WaitForPortAsync(cancellationToken).ConfigureAwait(false);
        if (context.Options.EnableAppHealthCheck)
        {
            await probe.WaitUntilHealthyAsync(cancellationToken).ConfigureAwait(false);
        }

        app.SetHealth(true);
        var started = 0;
        try
        {
            for (; started < parts.Count; started++)
            {
                await parts[started].Start(cancellationToken).ConfigureAwait(false);
            }

            health.SetReady(true);
            LogAppReady(context.Options.AppId, app.Port);
            await (context.Options.EnableAppHealthCheck
                ? probe.WaitUntilUnhealthyAsync(cancellationToken)
                : Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken)).ConfigureAwait(false);
            LogAppUnhealthy(context.Options.AppId);
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A part that cannot start must not take the sidecar down: the app is tried again from the beginning.
            LogPartFailed(error, context.Options.AppId, started < parts.Count ? parts[started].Name : "app");
            await Task.Delay(RetryDelay, context.Time, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            app.SetHealth(false);
            await DownAsync(started).ConfigureAwait(false);
        }
    }

    private async Task DownAsync(int started)
    {
        using var limit = new CancellationTokenSource(context.Options.GracefulShutdown, context.Time);
        for (var i = started - 1; i >= 0; i--)
        {
            try
            {
                await parts[i].Stop(limit.Token).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                // The others are still to be stopped.
                LogPartFailed(error, context.Options.AppId, parts[i].Name);
            }
        }
    }
}
