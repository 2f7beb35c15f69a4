using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;
using Lucid.SessionAnchoring.Clients;
using Lucid.SessionAnchoring.Endpoints;
using Lucid.SessionAnchoring.Subscriptions;

namespace Lucid.SessionAnchoring;

/// <summary>Composition of the service.</summary>
public static class AnchoringSetup
{
    public static WebApplicationBuilder AddAnchoring(this WebApplicationBuilder builder)
    {
        builder.AddLucidOptions<AnchoringOptions>();
        builder.Services.AddEventPublisher();
        builder.Services.AddServiceClient<EngineClient>(AppIds.BlockchainEngine);
        builder.Services.AddSingleton<AnchoringMetrics>();
        builder.Services.AddSingleton<Announcer>();
        builder.Services.AddSingleton<AnchoringHost>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<AnchoringHost>());
        builder.Services.AddSingleton<AnchoringWorker>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<AnchoringWorker>());
        builder.Services.AddDependencyCheck("journal", critical: true, (provider, _) => Task.FromResult(provider.GetRequiredService<AnchoringHost>().IsOpen));
        builder.Services.AddDependencyCheck("engine", critical: false, (provider, _) => Task.FromResult(provider.GetRequiredService<AnchoringWorker>().IsEngineUp));
        return builder;
    }

    /// <summary>Everything the service serves beside the routes all services have.</summary>
    public static void MapAnchoringService(this IEndpointRouteBuilder app)
    {
        app.MapAnchoring();
        app.MapChainEvents();
    }
}
