namespace Lucid.ServiceDefaults.Entities;

/// <summary>Publishes at start and every minute what a crash or a broken broker left behind.</summary>
internal sealed partial class DirtySweeper(Outbox outbox, TimeProvider clock, ILogger<DirtySweeper> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(2);

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        RequestId.Begin(RequestId.Create(clock));
        for (var slot = 0; slot < DirtyMarks.SlotCount; slot++)
        {
            await outbox.SweepAsync(slot, cancellationToken).ConfigureAwait(false);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = TimeSpan.Zero;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(wait, clock, stoppingToken).ConfigureAwait(false);
                await SweepAsync(stoppingToken).ConfigureAwait(false);
                wait = Period;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogFailed(e);
                wait = wait == TimeSpan.Zero || wait < Period ? TimeSpan.FromTicks(Math.Min(Period.Ticks, Math.Max(FirstRetry.Ticks, wait.Ticks * 2))) : Period;
            }
        }
    }
}
