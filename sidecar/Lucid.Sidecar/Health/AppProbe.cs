using System.Net.Sockets;
using Lucid.Sidecar.Invocation;
using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.Telemetry;
using Prometheus;

namespace Lucid.Sidecar.Health;

/// <summary>Watches the app: first whether its port answers, then, if asked for, whether its health endpoint does.</summary>
internal sealed class AppProbe(SidecarOptions options, AppChannel app, TimeProvider time, IMetricFactory metrics)
{
    private static readonly TimeSpan DialInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan DialTimeout = TimeSpan.FromMilliseconds(500);

    private readonly Counter probes = DaprMetrics.HealthProbes.In(metrics);
    private readonly Histogram latency = DaprMetrics.HealthProbeLatency.In(metrics);

    /// <summary>Returns when the app's port accepts a connection; dials for ever.</summary>
    public async Task WaitForPortAsync(CancellationToken cancellationToken)
    {
        while (!await DialAsync(cancellationToken).ConfigureAwait(false))
        {
            await Task.Delay(DialInterval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Returns at the first probe that succeeds.</summary>
    public async Task WaitUntilHealthyAsync(CancellationToken cancellationToken)
    {
        while (!await ProbeAsync(cancellationToken).ConfigureAwait(false))
        {
            await Task.Delay(options.AppHealthProbeInterval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Returns when as many probes in a row have failed as the threshold says.</summary>
    public async Task WaitUntilUnhealthyAsync(CancellationToken cancellationToken)
    {
        for (var failures = 0; failures < options.AppHealthThreshold;)
        {
            await Task.Delay(options.AppHealthProbeInterval, time, cancellationToken).ConfigureAwait(false);
            failures = await ProbeAsync(cancellationToken).ConfigureAwait(false) ? 0 : failures + 1;
        }
    }

    private async Task<bool> DialAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(DialTimeout);
        try
        {
            await socket.ConnectAsync(options.AppChannelAddress, app.Port, limit.Token).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> ProbeAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.AppHealthProbeTimeout);
        bool healthy;
        var status = "0";
        var started = time.GetTimestamp();
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, (Uri?)null);
            using var response = await app.ProbeAsync(request, options.AppHealthCheckPath, limit.Token).ConfigureAwait(false);
            healthy = response.IsSuccessStatusCode;
            status = ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (HttpRequestException)
        {
            healthy = false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            healthy = false;
        }

        probes.WithLabels(options.AppId, status).Inc();
        latency.WithLabels(options.AppId, status).Observe(time.GetElapsedTime(started).TotalMilliseconds);
        return healthy;
    }
}
