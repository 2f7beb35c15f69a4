using Lucid.AuthService.Domain;
using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;

namespace Lucid.AuthService.Storage;

/// <summary>Reads and checks the secrets before the first request is taken; refuses the start otherwise.</summary>
internal sealed class SecretLoader(SecretReader secrets, AuthKeys keys, ServiceRuntime runtime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => LoadAsync(secrets.ReadAsync, keys, runtime, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <exception cref="LucidConfigurationException">A secret is missing or refused.</exception>
    internal static async Task LoadAsync(
        Func<string, CancellationToken, Task<string>> read, AuthKeys keys, ServiceRuntime runtime, CancellationToken cancellationToken)
    {
        var jwtSecret = await read(SecretTable.JwtSecret, cancellationToken);
        var mfaSecret = await read(SecretTable.MfaSecret, cancellationToken);
        if (SecretRules.Faults(jwtSecret, mfaSecret, runtime.IsProduction) is { Count: > 0 } faults)
        {
            throw new LucidConfigurationException(runtime.AppId, faults);
        }

        keys.Unlock(jwtSecret);
    }
}
