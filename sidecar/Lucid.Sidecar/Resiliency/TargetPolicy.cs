using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Resiliency;

/// <summary>Retry around breaker around timeout, for one target.</summary>
internal sealed class TargetPolicy(
    string target,
    TimeSpan? timeout,
    RetryPolicy? retry,
    CircuitBreaker? breaker,
    bool isConfigured,
    PolicyMetrics metrics,
    TimeProvider time,
    Func<double>? random = null) : IPolicy
{
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    private readonly Func<double> random = random ?? (() => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue);

    public bool IsConfigured => isConfigured;

    public bool MayRepeat => retry is { Spec.MaxRetries: not 0 };

    /// <inheritdoc/>
    /// <remarks>A failed result that is followed by another attempt, or that comes after its time, is disposed when it can be.</remarks>
    public async Task<T> ExecuteAsync<T>(
        Func<CancellationToken, Task<T>> attempt, Func<T, AttemptOutcome> classify, CancellationToken cancellationToken)
    {
        metrics.Executed(timeout is not null, retry is not null, breaker?.State);
        var schedule = retry is null ? null : new RetrySchedule(retry.Spec, time, random);
        for (var repeated = false; ; repeated = true)
        {
            var (result, failure, outcome) = await OnceAsync(attempt, classify, cancellationToken).ConfigureAwait(false);
            if (failure is null && !outcome.IsFailure)
            {
                return result!;
            }

            if (schedule is null || outcome.IsFinal || cancellationToken.IsCancellationRequested || !retry!.Repeats(outcome, failure) || schedule.Next() is not { } delay)
            {
                if (failure is not null)
                {
                    ExceptionDispatchInfo.Throw(failure);
                }

                return result!;
            }

            (result as IDisposable)?.Dispose();
            if (!repeated)
            {
                metrics.RetryActivated();
            }

            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Once<T>> OnceAsync<T>(
        Func<CancellationToken, Task<T>> attempt, Func<T, AttemptOutcome> classify, CancellationToken cancellationToken)
    {
        long ticket = 0;
        if (breaker is not null)
        {
            if (breaker.TryEnter() is not { } entered)
            {
                return new Once<T>(default, new CircuitOpenException(target), default);
            }

            ticket = entered;
        }

        try
        {
            var result = await InTimeAsync(attempt, cancellationToken).ConfigureAwait(false);
            var outcome = classify(result);
            breaker?.Report(ticket, !outcome.IsFailure);
            return new Once<T>(result, null, outcome);
        }
        catch (Exception failure)
        {
            breaker?.Report(ticket, failure is PermanentFailureException);
            return new Once<T>(default, failure, default);
        }
    }

    private async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> attempt, CancellationToken cancellationToken)
    {
        if (timeout is not { } limit)
        {
            return await attempt(cancellationToken).ConfigureAwait(false);
        }

        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = attempt(linked.Token);
        try
        {
            return await running.WaitAsync(limit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!running.IsFaulted)
        {
            metrics.TimeoutActivated();
            await AbandonAsync(running, linked).ConfigureAwait(false);
            throw new TimeoutException($"{target} has not answered within {limit.TotalMilliseconds:0.###} ms");
        }
        catch (OperationCanceledException) when (!running.IsCompleted)
        {
            await AbandonAsync(running, linked).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Cancels the attempt and lets it end, so that it no longer touches what the caller holds; one that does not heed its
    /// token is left behind after a moment. Whatever it still brings is disposed or dropped.
    /// </summary>
    private async Task AbandonAsync<T>(Task<T> running, CancellationTokenSource source)
    {
        var ended = running.ContinueWith(
            static done =>
            {
                if (done.IsCompletedSuccessfully)
                {
#pragma warning disable RS0030 // the task is complete
                    (done.Result as IDisposable)?.Dispose();
#pragma warning restore RS0030
                }
                else
                {
                    // Looked at, so that it is not reported as unobserved: the caller has its answer already.
                    _ = done.Exception;
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        await source.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(ended, Task.Delay(Grace, time, CancellationToken.None)).ConfigureAwait(false);
    }

    private readonly record struct Once<T>(T? Result, Exception? Failure, AttemptOutcome Outcome);
}
