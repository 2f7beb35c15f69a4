using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;
using Lucid.SessionRecorder.Storage;

namespace Lucid.SessionRecorder;

/// <summary>Fetches the spool key and opens what an earlier process left, before the first request is taken.</summary>
public sealed class RecorderStartup(SpoolKeys keys, Recordings recordings, SecretReader secrets) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        keys.Unlock(Convert.FromHexString(await secrets.ReadAsync(SecretTable.SpoolKey, cancellationToken)));
        await recordings.LoadAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
