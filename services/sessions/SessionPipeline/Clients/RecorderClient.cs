using Lucid.Contracts.Access;
using Lucid.Contracts.Sessions;
using Lucid.ServiceDefaults;

namespace Lucid.SessionPipeline.Clients;

/// <summary>The recorder; every command is idempotent there.</summary>
public sealed class RecorderClient(HttpClient http)
{
    public Task<ServiceResult<RecordingStatus>> OpenAsync(StartRecording request, CancellationToken cancellationToken) =>
        http.PostAsync<StartRecording, RecordingStatus>(Routes.Recorder.Recordings, request, cancellationToken);

    public Task<ServiceResult<RecordingStatus>> StatusAsync(string session, CancellationToken cancellationToken) =>
        http.GetAsync<RecordingStatus>(Routes.Recorder.RecordingById.Replace("{session}", session, StringComparison.Ordinal), cancellationToken);

    public Task<ServiceResult<RecordingStatus>> CommandAsync(string session, string command, string? reason, CancellationToken cancellationToken) =>
        http.PostAsync<PipelineCommand, RecordingStatus>(
            Routes.Recorder.RecordingCommand.Replace("{session}", session, StringComparison.Ordinal).Replace("{command}", command, StringComparison.Ordinal),
            new(Reason: reason), cancellationToken);

    public Task<ServiceResult<Nothing>> RemoveAsync(string session, CancellationToken cancellationToken) =>
        http.DeleteAsync<Nothing>(Routes.Recorder.RecordingById.Replace("{session}", session, StringComparison.Ordinal), cancellationToken);
}
