using System.Text.Json;
using Dapr.Actors;
using Dapr.Actors.Runtime;
using Lucid.Contracts.Services;
using Lucid.Contracts.Sessions;
using Lucid.Evidence;
using Lucid.Journal;
using Lucid.ServiceDefaults;
using Lucid.SessionPipeline.Actors;
using Lucid.SessionPipeline.Clients;
using Lucid.SessionPipeline.Domain;
using Lucid.SessionPipeline.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Lucid.SessionPipeline.Tests.Support;

/// <summary>One process of the pipeline over a world; its production wiring with state, events, clock and HTTP replaced.</summary>
internal sealed class PipelineRig
{
    public static readonly string[] Arguments =
    [
        "--ENVIRONMENT=development", "--PORT=0", "--APP_API_TOKEN=t", "--DAPR_API_TOKEN=t", "--DAPR_HTTP_ENDPOINT=http://127.0.0.1:9",
        "--DAPR_GRPC_ENDPOINT=http://127.0.0.1:9", "--LOG_LEVEL=ERROR",
    ];

    public const string KeyFolder = "/keys";

    private readonly WebApplication app;

    public PipelineRig(World world)
    {
        World = world;
        var builder = LucidService.CreateBuilder([.. Arguments, $"--GENESIS_HASH={world.GenesisHash}", $"--SESSION_KEY_PATH={KeyFolder}"], AppIds.SessionPipeline);
        builder.AddLucidState().AddEntity<Session>("session", catalogued: true).AddEntity<LedgerPage>("ledger").AddEntity<WorkingKey>("working-key");
        builder.AddPipeline();
        builder.Logging.ClearProviders();
        builder.Services.Replace(ServiceDescriptor.Singleton<IStateClient>(world));
        builder.Services.Replace(ServiceDescriptor.Singleton<IEventPublisher>(world.State));
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(world.Clock));
        builder.Services.Replace(ServiceDescriptor.Singleton<IJournalFileSystem>(world.Volume));
        builder.Services.AddSingleton(new RecorderClient(world.Recorder));
        builder.Services.AddSingleton(new StorageClient(world.Storage));
        builder.Services.AddSingleton(new AnchoringClient(world.Anchoring));
        app = builder.Build();
        app.Services.GetRequiredService<PlatformKeys>().Unlock(new string('7', 64), world.Keys.Manifest.ExportPkcs8PrivateKeyPem());
        Actor = ActivatorUtilities.CreateInstance<SessionActor>(
            app.Services,
            ActorHost.CreateForTest<SessionActor>(ISessionActor.ActorType, new ActorTestOptions { ActorId = new ActorId(Session), TimerManager = Reminders }));
    }

    public static string Session => World.SessionId.ToString("D");

    public World World { get; }

    public SessionActor Actor { get; }

    public Reminders Reminders { get; } = new();

    public SessionStore Store => app.Services.GetRequiredService<SessionStore>();

    public WorkingKeys WorkingKeys => app.Services.GetRequiredService<WorkingKeys>();

    public PlatformKeys Keys => app.Services.GetRequiredService<PlatformKeys>();

    public static CreatePipeline Creation(string custody = Custodies.Owner)
    {
        var key = RecipientPrivateKey.GenerateX25519().PublicKey;
        return new(
            Session, "user-1", "a recording", null, new(), new(), new(), custody,
            [new KeyRecipient(key.Kid, JsonDocument.Parse(key.Jwk).RootElement)]);
    }

    public static ChunkSealed Chunk(int index, int epoch = 1) => new(
        epoch, index == 0 ? ChunkStreams.Init : ChunkStreams.AudioVideo, 0, 1000 + index, Digest.Of([(byte)index]).ToString(), Math.Max(0, index - 1) * 1000, index * 1000,
        index == 0 ? 0 : 30, index == World.Chunks - 1, false, index == 0 ? new VideoFormat("avc1.42C01F", 640, 360) : null);

    public static ChunkCommit Commit(int index, byte variant = 0, int epoch = 1)
    {
        var sha256 = Digest.Of([variant, (byte)index]);
        var length = ChunkSealer.MaxFileLength(1000 + index);
        return new(epoch, ChunkHash.Compute(World.SessionId, index, length, sha256).ToString(), sha256.ToString(), length, Guid.Empty.ToString("D"), "none");
    }

    public Task<SessionReply<PipelineCommandResult>> CommandAsync(string command, string? reason = null) => Actor.CommandAsync(new(command, new(Reason: reason)));

    /// <summary>The data key as the pipeline would use it now, or why it cannot.</summary>
    public async Task<OpenedKey> KeyAsync() => await WorkingKeys.OpenAsync((await Store.FindAsync(Session, default))!.Value, default);

    public async Task<SessionView> ViewAsync() => (await Actor.GetAsync()).Value!;

    public async Task StartAsync(string custody = Custodies.Owner)
    {
        await Actor.CreateAsync(Creation(custody));
        await CommandAsync("start");
    }

    /// <summary>Seals, stores and commits every chunk that is not yet.</summary>
    public async Task StoreChunksAsync(int chunks = World.Chunks, int? except = null)
    {
        foreach (var index in Enumerable.Range(0, chunks).Where(index => index != except))
        {
            await Actor.SealAsync(new(index, Chunk(index)));
            var commit = Commit(index);
            World.Stored[index] = new(Session, index, commit.FileSha256, commit.CipherLength, commit.ChunkHash);
            await Actor.CommitAsync(new(index, commit));
        }
    }

    /// <summary>From nothing to everything sealed and stopped; each part may have been done by a process before.</summary>
    public async Task RecordAsync(string custody = Custodies.Owner)
    {
        await StartAsync(custody);
        World.BytesSpooled = 3000;
        await Actor.ReportAsync(new(1, RecordingReports.FirstFragment, 0, 1000, null, null));
        await StoreChunksAsync();
        await CommandAsync("stop");
    }

    public async Task DriveAsync(int times = 6)
    {
        for (var i = 0; i < times; i++)
        {
            await Actor.DriveAsync();
            World.Clock.Advance(TimeSpan.FromSeconds(10));
        }
    }
}

/// <summary>Names of the reminders that are registered.</summary>
internal sealed class Reminders : ActorTimerManager
{
    public HashSet<string> Registered { get; } = [];

    public override Task RegisterReminderAsync(ActorReminder reminder)
    {
        Registered.Add(reminder.Name);
        return Task.CompletedTask;
    }

    public override Task UnregisterReminderAsync(ActorReminderToken reminder)
    {
        Registered.Remove(reminder.Name);
        return Task.CompletedTask;
    }

    public override Task<IActorReminder> GetReminderAsync(ActorReminderToken reminder) => throw new NotSupportedException();

    public override Task RegisterTimerAsync(ActorTimer timer) => throw new NotSupportedException();

    public override Task UnregisterTimerAsync(ActorTimerToken timer) => throw new NotSupportedException();
}
