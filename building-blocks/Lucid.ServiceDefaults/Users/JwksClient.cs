using Lucid.Contracts.Access;

namespace Lucid.ServiceDefaults.Users;

/// <summary>Reads the auth service's public keys (RFC 7517) through the sidecar.</summary>
internal sealed class JwksClient(HttpClient http) : IJwksSource
{
    public async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(Routes.Jwks, cancellationToken).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false) : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
