using Lucid.ServiceDefaults.Entities;

namespace Lucid.ServiceDefaults;

/// <summary>Names the kinds of entities a service owns.</summary>
public sealed class LucidStateBuilder
{
    internal LucidStateBuilder(IServiceCollection services) => Services = services;

    public IServiceCollection Services { get; }

    /// <summary>Registers <see cref="EntityStore{T}"/>.</summary>
    /// <param name="kind">First part of the key, lower case; never changes.</param>
    /// <param name="catalogued">True: all ids can be listed (<see cref="CatalogueExtensions.MapCatalogue"/>).</param>
    public LucidStateBuilder AddEntity<T>(string kind, bool catalogued = false) where T : class
    {
        Services.AddSingleton(provider =>
        {
            var state = provider.GetRequiredService<IStateClient>();
            var clock = provider.GetRequiredService<TimeProvider>();
            return new EntityStore<T>(kind, state, provider.GetRequiredService<Outbox>(), catalogued ? new EntityCatalogue(kind, state, clock) : null, clock);
        });
        return this;
    }
}
