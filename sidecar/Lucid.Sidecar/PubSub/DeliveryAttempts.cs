using System.Net.Sockets;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.PubSub;

/// <summary>
/// Brings one message, or one batch, to the app under the component's inbound policy. An app that is not there costs no
/// attempt: the delivery waits for it and then begins anew, so that a crash in the middle leads to redelivery.
/// </summary>
internal sealed class DeliveryAttempts(DeliveryScope scope, string pubSubName)
{
    /// <summary>After this time without an app the message goes back to the broker; another replica may have one.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(30);

    private volatile bool isTrying;
    private bool connectionWasDropped;

    /// <param name="send">One request to the app.</param>
    /// <exception cref="OperationCanceledException">The subscription stops; nothing was decided.</exception>
    /// <exception cref="DeliveryPostponedException">The app has been away for too long.</exception>
    public async Task<DeliveryAnswer> RunAsync(Func<CancellationToken, Task<DeliveryAnswer>> send, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(scope.Abort, cancellationToken);
        await using var registration = scope.Stopping.Register(() =>
        {
            // A request that is under way may finish; pauses between attempts may not.
            if (!isTrying)
            {
                ending.Cancel();
            }
        }).ConfigureAwait(false);
        var policy = scope.Resiliency.ForComponentInbound(pubSubName);
        while (true)
        {
            if (!await scope.Gate.WaitAsync(LongestHold, ending.Token).ConfigureAwait(false))
            {
                throw new DeliveryPostponedException($"the app has not answered for {LongestHold.TotalSeconds:0} s");
            }

            try
            {
                return await policy.ExecuteAsync(
                    token => TryAsync(send, ending, token),
                    static answer => answer.Result is DeliveryResult.Retry ? new AttemptOutcome(true, answer.HttpStatus) : AttemptOutcome.Success,
                    ending.Token).ConfigureAwait(false);
            }
            catch (PermanentFailureException failure) when (failure.InnerException is AppUnreachableException)
            {
                // Wait for the app, then begin anew.
            }
        }
    }

    private async Task<DeliveryAnswer> TryAsync(Func<CancellationToken, Task<DeliveryAnswer>> send, CancellationTokenSource ending, CancellationToken cancellationToken)
    {
        isTrying = true;
        try
        {
            var answer = await SendAsync(send, cancellationToken).ConfigureAwait(false);
            if (answer.Result is DeliveryResult.Retry && scope.Stopping.IsCancellationRequested)
            {
                await ending.CancelAsync().ConfigureAwait(false);
                ending.Token.ThrowIfCancellationRequested();
            }

            return answer;
        }
        finally
        {
            isTrying = false;
        }
    }

    private async Task<DeliveryAnswer> SendAsync(Func<CancellationToken, Task<DeliveryAnswer>> send, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await send(cancellationToken).ConfigureAwait(false);
            scope.Gate.ReportReached();
            return answer;
        }
        catch (HttpRequestException failure) when (IsRefused(failure) || !scope.App.IsHealthy)
        {
            connectionWasDropped = false;
            scope.Gate.ReportUnreachable();
            throw new PermanentFailureException(failure.Message, new AppUnreachableException(failure));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException && !connectionWasDropped)
        {
            // The connection broke under the request. If the app has died, the next connection is refused; if it is there
            // and drops this message again, that counts as a failed attempt.
            connectionWasDropped = true;
            scope.Gate.ReportUnreachable();
            throw new PermanentFailureException(failure.Message, new AppUnreachableException(failure));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            scope.Gate.ReportReached();
            return new DeliveryAnswer(DeliveryResult.Retry);
        }
    }

    private static bool IsRefused(HttpRequestException failure) =>
        failure.HttpRequestError is HttpRequestError.ConnectionError || failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };
}
