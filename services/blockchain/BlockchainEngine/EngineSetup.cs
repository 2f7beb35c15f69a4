using Lucid.BlockchainEngine.Endpoints;
using Lucid.BlockchainEngine.Storage;
using Lucid.Evidence;
using Lucid.ServiceDefaults;

namespace Lucid.BlockchainEngine;

/// <summary>Composition of the engine.</summary>
public static class EngineSetup
{
    public static WebApplicationBuilder AddEngine(this WebApplicationBuilder builder)
    {
        var options = builder.AddLucidOptions<EngineOptions>();
        builder.RefuseInProduction(options.GenesisHash is null, "GENESIS_HASH: required in production; accepted is the 64-digit hash of the genesis block of this network.");
        if (ReadGenesis(builder, options.GenesisFile) is { } genesis)
        {
            builder.Services.AddSingleton(genesis);
            foreach (var fault in options.Contradictions(genesis))
            {
                builder.RefuseStart(true, fault);
            }
        }

        builder.AddLucidState()
            .AddEntity<ChainHead>("chain-head")
            .AddEntity<ChainControl>("chain-control")
            .AddEntity<EventCursor>("chain-events");
        builder.Services.AddSingleton<EngineMetrics>();
        builder.Services.AddSingleton<EngineHost>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<EngineHost>());
        builder.Services.AddHostedService<BlockProducer>();
        builder.Services.AddHostedService<EventRelay>();
        builder.Services.AddSingleton<INodeSource>(provider => provider.GetRequiredService<EngineHost>());
        builder.Services.AddDependencyCheck("chain", critical: true, (provider, _) => Task.FromResult(provider.GetRequiredService<EngineHost>().IsOpen));
        builder.Services.AddDependencyCheck("producer", critical: true, (provider, _) =>
            Task.FromResult(provider.GetRequiredService<EngineHost>() is { IsOpen: true, Node: { IsProducer: true, IsStopped: false } }));
        return builder;
    }

    /// <summary>Everything the engine serves beside the routes all services have.</summary>
    public static void MapEngine(this IEndpointRouteBuilder app)
    {
        app.MapChain();
        app.MapBlocks();
        app.MapTransactions();
        app.MapEvidence();
        app.MapMerkle();
        app.MapChainControl();
    }

    private static Genesis? ReadGenesis(WebApplicationBuilder builder, string? path)
    {
        if (path is null)
        {
            return null; // already a fault: the option is required
        }

        try
        {
            return Genesis.Parse(File.ReadAllBytes(path).AsMemory().TrimEnd("\r\n"u8));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EvidenceException)
        {
            builder.RefuseStart(true, $"GENESIS_FILE: '{path}' is not a readable genesis document ({e.Message}); accepted is canonical JSON as ./lucid setup writes it.");
            return null;
        }
    }
}
