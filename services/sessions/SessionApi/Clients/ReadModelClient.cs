using Lucid.Contracts.Access;
using Lucid.Contracts.ReadModel;
using Lucid.ServiceDefaults;

namespace Lucid.SessionApi.Clients;

/// <summary>Lists and search; the user's token goes along, because the read model filters by it.</summary>
public sealed class ReadModelClient(HttpClient http)
{
    public Task<ServiceResult<ReadPage>> SessionsAsync(ReadQuery query, CancellationToken cancellationToken) =>
        http.PostAsync<ReadQuery, ReadPage>(Routes.ReadModel.Query.Replace("{view}", Views.Sessions, StringComparison.Ordinal), query, cancellationToken);
}
