using System.Net;
using System.Net.Http.Json;
using Lucid.BlockchainEngine.Tests.Support;
using Lucid.Contracts;
using Lucid.Contracts.Chain;
using Lucid.Contracts.Events;
using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lucid.BlockchainEngine.Tests;

/// <summary>The whole service: composition, real disk, real clock.</summary>
public sealed class HostTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("engine").FullName;
    private readonly TestChain chain = new();
    private readonly MemoryState state = new();

    public void Dispose()
    {
        chain.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_service_produces_tells_of_its_blocks_pauses_and_goes_on_after_a_restart()
    {
        long height;
        await using (var app = Build())
        {
            await app.StartAsync();
            var node = app.Services.GetRequiredService<EngineHost>().Node;
            await UntilAsync(() => node.State.Height >= 2);
            await UntilAsync(() => state.Published.Count(e => e.Type == EventTypes.BlockCreated) >= 2);
            using var gateway = AppArguments.Client(app.Urls.Single(), AppIds.ApiGateway);
            var first = (await gateway.GetFromJsonAsync<ChainInfo>("/api/v1/chain/info", JsonDefaults.Tolerant))!.CurrentHeight;
            await UntilAsync(() => node.State.Height > first); // reading ends nothing
            using var admin = AppArguments.Client(app.Urls.Single(), AppIds.AdminInterface);
            using var paused = await admin.PostAsJsonAsync("/internal/v1/chain/pause", new ChainCommand("maintenance"), JsonDefaults.Strict);
            Assert.True((await paused.Content.ReadFromJsonAsync<ChainCommandResult>(JsonDefaults.Tolerant))!.Paused);
            using var verified = await admin.PostAsJsonAsync("/internal/v1/chain/resync", new ChainCommand("check"), JsonDefaults.Strict);
            Assert.True((await verified.Content.ReadFromJsonAsync<ChainCommandResult>(JsonDefaults.Tolerant))!.VerifiedHeight >= 2);
            height = node.State.Height;
            await app.StopAsync();
        }

        Assert.Equal(state.Published.Count(e => e.Type == EventTypes.BlockCreated), state.Published.Select(e => e.Id).Distinct().Count());
        await using (var app = Build())
        {
            await app.StartAsync();
            var node = app.Services.GetRequiredService<EngineHost>().Node;
            Assert.True(node.IsPaused);
            using var admin = AppArguments.Client(app.Urls.Single(), AppIds.AdminInterface);
            using var resumed = await admin.PostAsJsonAsync("/internal/v1/chain/resume", new ChainCommand("done"), JsonDefaults.Strict);
            Assert.Equal(HttpStatusCode.OK, resumed.StatusCode);
            await UntilAsync(() => node.State.Height > height);
            await app.StopAsync();
        }
    }

    [Fact]
    public async Task Contradictions_with_the_genesis_document_are_named_together()
    {
        await using var app = Build("--BLOCK_TIME_SECONDS=10", "--BLOCK_SIZE_LIMIT_MB=2", $"--GENESIS_HASH={new string('0', 64)}", "--CONSENSUS_ALGORITHM=PoW", "--BLOCK_SIGNATURE_REQUIRED=false");
        var refused = await Assert.ThrowsAsync<LucidConfigurationException>(() => app.StartAsync());
        foreach (var name in (string[])["BLOCK_TIME_SECONDS", "BLOCK_SIZE_LIMIT_MB", "GENESIS_HASH", "CONSENSUS_ALGORITHM", "BLOCK_SIGNATURE_REQUIRED"])
        {
            Assert.Contains(refused.Faults, fault => fault.StartsWith(name, StringComparison.Ordinal));
        }
    }

    private WebApplication Build(params string[] more)
    {
        var genesis = Path.Combine(folder, "genesis.json");
        File.WriteAllBytes(genesis, chain.Genesis.Json.ToArray());
        var builder = LucidService.CreateBuilder(
            AppArguments.For(
                [$"--GENESIS_FILE={genesis}", $"--BLOCK_STORAGE_PATH={Path.Combine(folder, "blocks")}", $"--VALIDATOR_KEY={Convert.ToBase64String(chain.Authority.ExportSeed())}", .. more]),
            AppIds.BlockchainEngine);
        builder.AddEngine();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IStateClient>(state);
        builder.Services.AddSingleton<IEventPublisher>(state);
        var app = builder.Build();
        app.UseLucidDefaults();
        app.MapEngine();
        return app;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
