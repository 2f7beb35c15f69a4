using System.Security.Cryptography;
using Lucid.Contracts.Access;
using Lucid.StorageDatabase.Domain;

namespace Lucid.StorageDatabase.Rebuilding;

/// <summary>
/// Compares the read model with every owner: at once with those never read to the end (a new or remade database), later every
/// <see cref="ReadModelOptions.ReadModelReconcileSeconds"/> ± 10 %; an owner that does not answer is asked again after 5 s, 10 s, … up to that period.
/// </summary>
internal sealed partial class Reconciler(
    Rebuilder rebuilder, IReadModel readModel, ReadModelOptions options, TimeProvider clock, ILogger<Reconciler> logger) : BackgroundService
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _hurry = new(0, 1);
    private readonly TimeSpan _period = TimeSpan.FromSeconds(options.ReadModelReconcileSeconds);

    /// <summary>All owners now.</summary>
    public void Hurry()
    {
        try
        {
            _hurry.Release();
        }
        catch (SemaphoreFullException)
        {
            // already asked for and not yet begun
        }
    }

    public override void Dispose()
    {
        _hurry.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var turns = AllowMatrix.CatalogueOwners.Select(owner => new Turn(owner, clock.GetUtcNow(), FirstRetry)).ToList();
        var isFirst = true;
        while (true)
        {
            for (var i = 0; i < turns.Count; i++)
            {
                if (turns[i].Due <= clock.GetUtcNow())
                {
                    turns[i] = await TakeAsync(turns[i], isFirst, stoppingToken);
                }
            }

            isFirst = false;
            var wait = turns.Min(turn => turn.Due) - clock.GetUtcNow();
            if (await WasHurriedAsync(wait, stoppingToken))
            {
                turns = [.. turns.Select(turn => turn with { Due = clock.GetUtcNow(), Retry = FirstRetry })];
            }
        }
    }

    private async Task<Turn> TakeAsync(Turn turn, bool isFirst, CancellationToken cancellationToken)
    {
        try
        {
            if ((isFirst && await readModel.IsCompleteAsync(turn.Owner, cancellationToken))
                || await rebuilder.CopyAsync(turn.Owner, cancellationToken) != CatalogueOutcome.Unavailable)
            {
                return turn with { Due = clock.GetUtcNow() + Jittered(_period), Retry = FirstRetry };
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogFailed(turn.Owner, e);
        }

        var wait = turn.Retry < _period ? turn.Retry : _period;
        return turn with { Due = clock.GetUtcNow() + Jittered(wait), Retry = wait * 2 };
    }

    private async Task<bool> WasHurriedAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        using var hurried = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var call = _hurry.WaitAsync(hurried.Token);
        var first = await Task.WhenAny(call, Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, clock, hurried.Token));
        await hurried.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return first == call || call.IsCompletedSuccessfully;
    }

    private static TimeSpan Jittered(TimeSpan period) => period * (RandomNumberGenerator.GetInt32(900, 1101) / 1000.0);

    private sealed record Turn(string Owner, DateTimeOffset Due, TimeSpan Retry);

    [LoggerMessage(EventId = 8824, Level = LogLevel.Error, Message = "The read model could not take the catalogue of {Owner}")]
    private partial void LogFailed(string owner, Exception exception);
}
