using Dapr.Client;
using Lucid.ServiceDefaults.Entities;

namespace Lucid.ServiceDefaults;

public static class LucidStateExtensions
{
    /// <summary>
    /// The cluster's state store (component name from the service table) and what is built on it, as singletons: <see cref="IStateClient"/>,
    /// <see cref="IEventPublisher"/>, <see cref="UniqueKeys"/>, <see cref="SingleUse"/>, <see cref="DueBuckets"/>, <see cref="MemberSets"/>, and the
    /// sweep of unpublished events. Kinds of entities are added to the result.
    /// </summary>
    public static LucidStateBuilder AddLucidState(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var store = builder.Runtime().Service.StateStore;
        services.AddSingleton<IStateClient>(provider => new DaprStateClient(provider.GetRequiredService<DaprClient>(), store));
        services.AddEventPublisher();
        services.AddSingleton<PublishedEvents>();
        services.AddSingleton<DirtyMarks>();
        services.AddSingleton<Outbox>();
        services.AddSingleton<DirtySweeper>();
        services.AddHostedService(provider => provider.GetRequiredService<DirtySweeper>());
        services.AddSingleton<UniqueKeys>();
        services.AddSingleton<SingleUse>();
        services.AddSingleton<DueBuckets>();
        services.AddSingleton<MemberSets>();
        return new LucidStateBuilder(services);
    }

    /// <summary>Only <see cref="IEventPublisher"/>, for a service without state.</summary>
    public static IServiceCollection AddEventPublisher(this IServiceCollection services) => services.AddSingleton<IEventPublisher, DaprEventPublisher>();
}
