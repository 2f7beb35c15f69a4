using Lucid.Contracts.Access;
using Lucid.Contracts.Auth;
using Lucid.ServiceDefaults;

namespace Lucid.SessionApi.Clients;

/// <summary>Users' registered encryption keys.</summary>
public sealed class KeyClient(HttpClient http)
{
    public Task<ServiceResult<EncryptionKeyList>> OfAsync(Guid user, CancellationToken cancellationToken) =>
        http.GetAsync<EncryptionKeyList>(Routes.Auth.EncryptionKeys.Replace("{user}", user.ToString("D"), StringComparison.Ordinal), cancellationToken);
}
