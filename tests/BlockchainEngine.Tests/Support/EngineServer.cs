using Lucid.BlockchainEngine.Endpoints;
using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lucid.BlockchainEngine.Tests.Support;

/// <summary>The engine's routes behind the real pipeline, over the node of an <see cref="EngineRig"/> whose clock the test moves.</summary>
internal sealed class EngineServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private EngineServer(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();

    public static async Task<EngineServer> StartAsync(EngineRig rig)
    {
        var builder = LucidService.CreateBuilder(AppArguments.For(), AppIds.BlockchainEngine);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(rig.Clock);
        builder.Services.AddSingleton<INodeSource>(new RigSource(rig));
        builder.Services.AddSingleton<EngineMetrics>();
        var app = builder.Build();
        app.UseLucidDefaults();
        app.MapChain();
        app.MapBlocks();
        app.MapTransactions();
        app.MapEvidence();
        app.MapMerkle();
        await app.StartAsync();
        return new EngineServer(app);
    }

    public HttpClient Client(string caller = AppIds.ApiGateway) => AppArguments.Client(Address, caller);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private sealed class RigSource(EngineRig rig) : INodeSource
    {
        public ChainNode Node => rig.Node;
    }
}
