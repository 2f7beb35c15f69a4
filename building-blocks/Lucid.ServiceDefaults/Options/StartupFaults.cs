namespace Lucid.ServiceDefaults;

/// <summary>Collects what is wrong with the configuration while the service is put together; the host refuses to start if anything is here.</summary>
internal sealed class StartupFaults(string service) : IHostedLifecycleService
{
    private readonly List<string> _faults = [];

    public void Add(string fault) => _faults.Add(fault);

    /// <exception cref="LucidConfigurationException">There is at least one fault.</exception>
    public void ThrowIfAny()
    {
        if (_faults.Count > 0)
        {
            throw new LucidConfigurationException(service, _faults);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        ThrowIfAny();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
