using Lucid.Contracts.Access;
using Lucid.Contracts.Sessions;
using Lucid.ServiceDefaults;

namespace Lucid.SessionRecorder.Clients;

/// <summary>What the recorder tells its session's pipeline. Every call is idempotent at the other end.</summary>
public sealed class PipelineClient(HttpClient http)
{
    public Task<ServiceResult<ChunkLedgerEntry>> ChunkSealedAsync(string session, int index, ChunkSealed chunk, CancellationToken cancellationToken) =>
        http.PostAsync<ChunkSealed, ChunkLedgerEntry>(
            Routes.Pipeline.ChunkSealed.Replace("{session}", session, StringComparison.Ordinal).Replace("{index}", $"{index}", StringComparison.Ordinal),
            chunk, cancellationToken, idempotencyKey: null);

    public Task<ServiceResult<Nothing>> ReportAsync(string session, RecordingReport report, CancellationToken cancellationToken) =>
        http.PostAsync<RecordingReport, Nothing>(
            Routes.Pipeline.RecordingReport.Replace("{session}", session, StringComparison.Ordinal), report, cancellationToken);
}
