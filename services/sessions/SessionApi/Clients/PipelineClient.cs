using Lucid.Contracts.Access;
using Lucid.Contracts.Sessions;
using Lucid.ServiceDefaults;

namespace Lucid.SessionApi.Clients;

/// <summary>The pipeline, owner of every session.</summary>
public sealed class PipelineClient(HttpClient http)
{
    public Task<ServiceResult<SessionView>> CreateAsync(CreatePipeline request, CancellationToken cancellationToken) =>
        http.PostAsync<CreatePipeline, SessionView>(Routes.Pipeline.Pipelines, request, cancellationToken);

    public Task<ServiceResult<SessionView>> GetAsync(Guid session, CancellationToken cancellationToken) =>
        http.GetAsync<SessionView>(For(Routes.Pipeline.PipelineById, session), cancellationToken);

    public Task<ServiceResult<SessionView>> UpdateAsync(Guid session, UpdatePipeline request, CancellationToken cancellationToken) =>
        http.PutAsync<UpdatePipeline, SessionView>(For(Routes.Pipeline.PipelineById, session), request, cancellationToken);

    public Task<ServiceResult<SessionView>> DeleteAsync(Guid session, CancellationToken cancellationToken) =>
        http.DeleteAsync<SessionView>(For(Routes.Pipeline.PipelineById, session), cancellationToken);

    public Task<ServiceResult<PipelineCommandResult>> CommandAsync(Guid session, string command, PipelineCommand body, CancellationToken cancellationToken) =>
        http.PostAsync<PipelineCommand, PipelineCommandResult>(
            For(Routes.Pipeline.PipelineCommand, session).Replace("{command}", command, StringComparison.Ordinal), body, cancellationToken);

    public Task<ServiceResult<ChunkPage>> ChunksAsync(Guid session, int after, CancellationToken cancellationToken) =>
        http.GetAsync<ChunkPage>($"{For(Routes.Pipeline.Chunks, session)}?after={after}", cancellationToken);

    private static string For(string template, Guid session) => template.Replace("{session}", session.ToString("D"), StringComparison.Ordinal);
}
