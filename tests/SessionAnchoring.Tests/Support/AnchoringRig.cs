using System.Net.Http.Json;
using Lucid.BlockchainEngine.Tests.Support;
using Lucid.Contracts;
using Lucid.Contracts.Chain;
using Lucid.Contracts.Services;
using Lucid.Evidence;
using Lucid.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lucid.SessionAnchoring.Tests.Support;

/// <summary>The anchoring service on a real disk against a real engine; both live by one clock that the test moves.</summary>
internal sealed class AnchoringRig : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("anchoring").FullName;
    private EngineServer server = null!;
    private WebApplication? app;

    public EngineRig Engine { get; } = new();

    public MemoryState Broker { get; } = new();

    public ForwardingSidecar Sidecar { get; private set; } = null!;

    public string Folder => folder;

    public HttpClient Client { get; private set; } = null!;

    public AnchoringHost Host => app!.Services.GetRequiredService<AnchoringHost>();

    public AnchoringWorker Worker => app!.Services.GetRequiredService<AnchoringWorker>();

    /// <summary>Whether the engine makes blocks while the clock moves.</summary>
    public bool Produces { get; set; } = true;

    public static async Task<AnchoringRig> StartAsync()
    {
        var rig = new AnchoringRig();
        await rig.Engine.OpenAsync();
        rig.server = await EngineServer.StartAsync(rig.Engine);
        rig.Sidecar = await ForwardingSidecar.StartAsync(rig.server);
        await rig.OpenAsync();
        return rig;
    }

    public static AnchorRequest RequestFor(int session, string root = "root", string owner = "owner-1") => new(
        TestChain.SessionOf(session).ToString(), owner, Digest.Of(System.Text.Encoding.UTF8.GetBytes(root)).ToString(),
        new AnchorManifestData(3, 4096, TestChain.Start, TestChain.Start, TestChain.Start.AddMinutes(5)), new AnchorMetadata(Digest.Of("manifest"u8).ToString()));

    public async Task OpenAsync(params string[] more)
    {
        var builder = LucidService.CreateBuilder(
            AppArguments.For(
            [
                $"--DAPR_HTTP_ENDPOINT={Sidecar.Address}", $"--MERKLE_STORAGE_PATH={Path.Combine(folder, "merkle")}",
                $"--ANCHOR_SIGNING_KEY={Convert.ToBase64String(Engine.Chain.Anchoring.ExportSeed())}", .. more,
            ]),
            AppIds.SessionAnchoring);
        builder.AddAnchoring();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(Engine.Clock);
        builder.Services.AddSingleton<IEventPublisher>(Broker);
        app = builder.Build();
        app.UseLucidDefaults();
        app.MapAnchoringService();
        await app.StartAsync();
        Client = AppArguments.Client(app.Urls.Single(), AppIds.SessionPipeline);
    }

    public async Task CloseAsync()
    {
        if (app is not null)
        {
            Client.Dispose();
            await app.StopAsync();
            await app.DisposeAsync();
            app = null;
        }
    }

    public Task<HttpResponseMessage> PostAsync(AnchorRequest request) => Client.PostAsJsonAsync("/api/v1/anchoring/session", request, JsonDefaults.Strict);

    public async Task<AnchorStatus> StatusAsync(int session) =>
        (await Client.GetFromJsonAsync<AnchorStatus>($"/api/v1/anchoring/session/{TestChain.SessionOf(session)}", JsonDefaults.Tolerant))!;

    public async Task<Receipt> ReceiptAsync(int session) =>
        Receipt.Parse(await Client.GetByteArrayAsync($"/api/v1/anchoring/session/{TestChain.SessionOf(session)}/receipt"));

    public HttpClient As(string caller) => AppArguments.Client(app!.Urls.Single(), caller);

    /// <summary>Lets time pass, with a block for every slot, until the condition holds.</summary>
    public async Task DriveAsync(Func<bool> condition, TimeSpan? step = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            Engine.Clock.Advance(step ?? TimeSpan.FromMilliseconds(500));
            if (Produces)
            {
                await Engine.Node.ProduceAsync(CancellationToken.None);
            }

            await Task.Delay(5, patience.Token);
        }
    }

    public Task DriveToAsync(int session, string status) =>
        DriveAsync(() => Domain.AnchoringStatusNames.Name(Host.Anchorings.Find(TestChain.SessionOf(session))!.Status) == status);

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await Sidecar.DisposeAsync();
        await server.DisposeAsync();
        await Engine.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
