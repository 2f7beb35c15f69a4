using System.Collections.Frozen;
using Lucid.Contracts.Services;
using static Lucid.Contracts.Services.AppIds;

namespace Lucid.Contracts.Access;

/// <summary>Who may call whom, with which verb, on which template. Deny is the default; sidecar policies are generated from this and services check it again.</summary>
public static partial class AllowMatrix
{
    /// <summary>Main-plane apps whose entities the read model rebuilds from their catalogue.</summary>
    public static IReadOnlyList<string> CatalogueOwners { get; } =
        [ApiGateway, AuthService, SessionPipeline, RdpManager, NodeManagement, AdminInterface];

    public static IReadOnlyList<AllowRule> All { get; } =
    [
        .. PublicRouteTable.All.Select(route => new AllowRule(ApiGateway, route.App, route.Verb, route.Target)).Distinct(),
        .. Authentication(),
        .. SessionCluster(),
        .. ChainCluster(),
        .. ReadModel(),
        .. DesktopCluster(),
        .. NodeCluster(),
        .. PaymentCluster(),
    ];

    private static readonly FrozenDictionary<string, IReadOnlyList<AllowRule>> ByCallee = All
        .GroupBy(rule => rule.Callee, StringComparer.Ordinal)
        .ToFrozenDictionary(group => group.Key, group => (IReadOnlyList<AllowRule>)[.. group], StringComparer.Ordinal);

    /// <summary>The rules a callee enforces.</summary>
    public static IReadOnlyList<AllowRule> For(string callee) => ByCallee.GetValueOrDefault(callee) ?? [];

    /// <param name="operations">Verb and template each: <c>GET /internal/v1/things/{thing}</c>.</param>
    private static IEnumerable<AllowRule> Rules(string caller, string callee, params string[] operations) =>
        operations.Select(operation => operation.Split(' ')).Select(parts => new AllowRule(caller, callee, parts[0], parts[1]));

    private static IEnumerable<AllowRule> Authentication()
    {
        foreach (var caller in ServiceTable.All.Where(service => service.AppId != AuthService && (service.Namespace == Namespaces.Main || service.AppId == PaymentGateway)))
        {
            if (caller.AppId != ApiGateway) // has it by the public route
            {
                yield return new(caller.AppId, AuthService, "GET", Routes.Jwks);
            }
        }

        yield return new(ApiGateway, AuthService, "POST", Routes.Auth.Introspect);
        yield return new(ApiGateway, AuthService, "POST", Routes.Auth.Exchange);
        yield return new(SessionApi, AuthService, "GET", Routes.Auth.EncryptionKeys);
    }

    private static IEnumerable<AllowRule> SessionCluster()
    {
        yield return new(SessionApi, SessionPipeline, "POST", Routes.Pipeline.Pipelines);
        yield return new(SessionApi, SessionPipeline, "GET", Routes.Pipeline.PipelineById);
        yield return new(SessionApi, SessionPipeline, "PUT", Routes.Pipeline.PipelineById);
        yield return new(SessionApi, SessionPipeline, "DELETE", Routes.Pipeline.PipelineById);
        yield return new(SessionApi, SessionPipeline, "POST", Routes.Pipeline.PipelineCommand);
        yield return new(SessionApi, SessionPipeline, "GET", Routes.Pipeline.Chunks);
        yield return new(SessionRecorder, SessionPipeline, "POST", Routes.Pipeline.ChunkSealed);
        yield return new(SessionRecorder, SessionPipeline, "POST", Routes.Pipeline.RecordingReport);
        yield return new(SessionRecorder, SessionPipeline, "GET", Routes.Pipeline.Resume);
        yield return new(ChunkProcessor, SessionPipeline, "GET", Routes.Pipeline.DataKey);
        yield return new(ChunkProcessor, SessionPipeline, "POST", Routes.Pipeline.ChunkCommit);
        yield return new(ChunkProcessor, SessionPipeline, "POST", Routes.Pipeline.ChunkFailed);

        yield return new(SessionPipeline, SessionRecorder, "POST", Routes.Recorder.Recordings);
        yield return new(SessionPipeline, SessionRecorder, "GET", Routes.Recorder.RecordingById);
        yield return new(SessionPipeline, SessionRecorder, "DELETE", Routes.Recorder.RecordingById);
        yield return new(SessionPipeline, SessionRecorder, "POST", Routes.Recorder.RecordingCommand);
        foreach (var source in (string[])[SessionApi, Xrdp])
        {
            yield return new(source, SessionRecorder, "GET", Routes.Recorder.IngestPosition);
            yield return new(source, SessionRecorder, "PUT", Routes.Recorder.IngestFragment);
        }

        yield return new(ChunkProcessor, SessionRecorder, "GET", Routes.Recorder.Spool);
        yield return new(ChunkProcessor, SessionRecorder, "DELETE", Routes.Recorder.Spool);

        yield return new(ChunkProcessor, SessionStorage, "PUT", Routes.Storage.Chunk);
        yield return new(SessionPipeline, SessionStorage, "GET", Routes.Storage.ChunkCatalogue);
        yield return new(SessionPipeline, SessionStorage, "GET", Routes.Storage.Manifest);
        yield return new(SessionPipeline, SessionStorage, "PUT", Routes.Storage.Manifest);
        yield return new(SessionPipeline, SessionStorage, "PUT", Routes.Storage.Keys);
        yield return new(SessionPipeline, SessionStorage, "PUT", Routes.Storage.Receipt);
        yield return new(SessionPipeline, SessionStorage, "DELETE", Routes.Storage.Session);
        yield return new(SessionApi, SessionStorage, "GET", Routes.Storage.Chunk);
        yield return new(SessionApi, SessionStorage, "HEAD", Routes.Storage.Chunk);
        yield return new(SessionApi, SessionStorage, "GET", Routes.Storage.Manifest);
        yield return new(SessionApi, SessionStorage, "GET", Routes.Storage.Receipt);
        yield return new(SessionApi, SessionStorage, "GET", Routes.Storage.Bundle);
        yield return new(SessionApi, SessionStorage, "GET", Routes.Storage.Status);
    }

    private static IEnumerable<AllowRule> ChainCluster()
    {
        yield return new(SessionPipeline, SessionAnchoring, "POST", Routes.Anchoring.Sessions);
        yield return new(SessionPipeline, SessionAnchoring, "GET", Routes.Anchoring.SessionById);
        yield return new(SessionPipeline, SessionAnchoring, "GET", Routes.Anchoring.Receipt);
        yield return new(AdminInterface, SessionAnchoring, "GET", Routes.Anchoring.Status);
        yield return new(AdminInterface, SessionAnchoring, "POST", Routes.Anchoring.Retry);
        yield return new(SessionAnchoring, BlockchainEngine, "POST", Routes.Engine.Transactions);
        yield return new(SessionAnchoring, BlockchainEngine, "GET", Routes.Engine.TransactionById);
        yield return new(SessionAnchoring, BlockchainEngine, "GET", Routes.Engine.TransactionEvidence);
        yield return new(SessionAnchoring, BlockchainEngine, "GET", Routes.Engine.Info);
        yield return new(SessionAnchoring, BlockchainEngine, "GET", Routes.Engine.Genesis);
        yield return new(AdminInterface, BlockchainEngine, "POST", Routes.Engine.Pause);
        yield return new(AdminInterface, BlockchainEngine, "POST", Routes.Engine.ResumeProduction);
        yield return new(AdminInterface, BlockchainEngine, "POST", Routes.Engine.Resync);
    }

    private static IEnumerable<AllowRule> ReadModel()
    {
        foreach (var caller in (string[])[SessionApi, RdpManager, NodeManagement, AuthService, AdminInterface])
        {
            yield return new(caller, StorageDatabase, "POST", Routes.ReadModel.Query);
        }

        foreach (var owner in CatalogueOwners)
        {
            yield return new(StorageDatabase, owner, "GET", Routes.Catalogue);
        }
    }
}
