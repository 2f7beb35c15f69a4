using Lucid.Contracts.Access;
using Lucid.Contracts.Sessions;
using Lucid.ServiceDefaults;

namespace Lucid.ChunkProcessor.Clients;

/// <summary>The session's pipeline: hands out the data key for one chunk and takes the result.</summary>
public sealed class PipelineClient(HttpClient http)
{
    /// <summary>The data key with the ledger entry of the chunk.</summary>
    public Task<ServiceResult<DataKey>> DataKeyAsync(string session, int index, CancellationToken cancellationToken) =>
        http.GetAsync<DataKey>($"{For(Routes.Pipeline.DataKey, session)}?index={index}", cancellationToken);

    public Task<ServiceResult<ChunkLedgerEntry>> CommitAsync(string session, int index, ChunkCommit commit, CancellationToken cancellationToken) =>
        http.PostAsync<ChunkCommit, ChunkLedgerEntry>(For(Routes.Pipeline.ChunkCommit, session, index), commit, cancellationToken);

    public Task<ServiceResult<Nothing>> FailAsync(string session, int index, ChunkFailure failure, CancellationToken cancellationToken) =>
        http.PostAsync<ChunkFailure, Nothing>(For(Routes.Pipeline.ChunkFailed, session, index), failure, cancellationToken);

    private static string For(string template, string session, int? index = null) =>
        template.Replace("{session}", session, StringComparison.Ordinal).Replace("{index}", $"{index}", StringComparison.Ordinal);
}
