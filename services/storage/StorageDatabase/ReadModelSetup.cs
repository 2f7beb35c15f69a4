using Lucid.Contracts.Access;
using Lucid.ServiceDefaults;
using Lucid.StorageDatabase.Clients;
using Lucid.StorageDatabase.Domain;
using Lucid.StorageDatabase.Rebuilding;
using Lucid.StorageDatabase.Storage;

namespace Lucid.StorageDatabase;

internal static class ReadModelSetup
{
    /// <summary>The read model, what fills it, and its word in readiness.</summary>
    public static void AddReadModel(this WebApplicationBuilder builder)
    {
        builder.AddLucidOptions<ReadModelOptions>();
        var services = builder.Services;
        services.AddSingleton<IReadModel, SqliteReadModel>();
        services.AddSingleton<IndexLag>();
        // Each call names its owner; the reconciler itself asks again.
        services.AddServiceClient<CatalogueClient>(AllowMatrix.CatalogueOwners[0], client => client.Retry = false);
        services.AddSingleton<Rebuilder>();
        services.AddSingleton<Reconciler>();
        services.AddHostedService(provider => provider.GetRequiredService<Reconciler>());
        services.AddDependencyCheck("read_model", critical: true, (provider, cancellationToken) => provider.GetRequiredService<IReadModel>().IsUpAsync(cancellationToken));
    }
}
