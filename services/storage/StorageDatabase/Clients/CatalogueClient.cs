using Lucid.Contracts.Access;
using Lucid.Contracts.ReadModel;
using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;

namespace Lucid.StorageDatabase.Clients;

/// <summary>Reads the owners' catalogues.</summary>
internal sealed class CatalogueClient(HttpClient http, ServiceRuntime runtime)
{
    /// <param name="owner">App-id of the owner.</param>
    /// <param name="page">0, then the page named in <c>next</c>.</param>
    public Task<ServiceResult<CataloguePage>> ReadAsync(string owner, int page, CancellationToken cancellationToken) =>
        http.GetAsync<CataloguePage>($"http://{AppId.From(runtime.AppId, owner)}{Routes.Catalogue}?page={page}", cancellationToken);
}
