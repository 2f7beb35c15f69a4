using System.Text.Json;
using Lucid.AuthService.Storage;
using Lucid.Contracts;
using Lucid.ServiceDefaults;

namespace Lucid.AuthService.Tokens;

/// <summary>The keys as this service publishes them, for checking the tokens it is called with.</summary>
internal sealed class OwnJwks(SigningKeys keys) : IJwksSource
{
    public async Task<string?> ReadAsync(CancellationToken cancellationToken) =>
        JsonSerializer.Serialize(await keys.PublicAsync(cancellationToken), JsonDefaults.Tolerant);
}
