using Dapr.Actors;
using Dapr.Actors.Client;
using Lucid.Contracts;
using Lucid.Contracts.Services;
using Lucid.Journal;
using Lucid.ServiceDefaults;
using Lucid.SessionPipeline.Actors;
using Lucid.SessionPipeline.Storage;

namespace Lucid.SessionPipeline;

internal static class PipelineSetup
{
    /// <summary>The actor, what it works with, and the keys it needs before the first call.</summary>
    public static void AddPipeline(this WebApplicationBuilder builder)
    {
        var options = builder.AddLucidOptions<PipelineOptions>();
        builder.RefuseInProduction(options is { GenesisFile: null, GenesisHash: null }, "GENESIS_FILE or GENESIS_HASH must name the chain whose receipts are accepted.");
        builder.Services.AddSingleton(_ => TrustedChain.From(options));
        builder.Services.AddSingleton<SessionStore>();
        builder.Services.AddSingleton<SessionDrive>();
        builder.Services.AddSingleton<PlatformKeys>();
        builder.Services.AddSingleton<IJournalFileSystem>(PhysicalFileSystem.Instance);
        builder.Services.AddSingleton<KeyVersions>();
        builder.Services.AddSingleton<WorkingKeys>();
        builder.Services.AddHostedService<KeyLoader>();
        builder.Services.AddSingleton<SessionActors>();
        builder.Services.AddActors(options =>
        {
            options.UseJsonSerialization = true;
            options.JsonSerializerOptions = JsonDefaults.Tolerant;
            options.ActorIdleTimeout = TimeSpan.FromMinutes(10);
            options.Actors.RegisterActor<SessionActor>(ISessionActor.ActorType);
        });
    }
}

/// <summary>Proxies of the session actors.</summary>
public sealed class SessionActors(IActorProxyFactory factory)
{
    public ISessionActor this[Guid session] => factory.CreateActorProxy<ISessionActor>(new ActorId(session.ToString("D")), ISessionActor.ActorType);
}

/// <summary>Reads the platform key and the manifest key, and opens the folder of key versions, before the first request is taken.</summary>
public sealed class KeyLoader(PlatformKeys keys, KeyVersions versions, SecretReader secrets) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        keys.Unlock(
            await secrets.ReadAsync(SecretTable.MasterKey, cancellationToken),
            await secrets.ReadAsync(SecretTable.ManifestSigningKey, cancellationToken));
        await versions.CheckAsync();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
