namespace Lucid.ServiceDefaults.Tests.Example;

/// <summary>Calls to another service: one method per operation, answers as values.</summary>
public sealed class PipelineClient(HttpClient http)
{
    public sealed record Status(string State);

    public Task<ServiceResult<Status>> ReadAsync(string id, CancellationToken cancellationToken) =>
        http.GetAsync<Status>($"/internal/v1/pipelines/{Uri.EscapeDataString(id)}", cancellationToken);

    public Task<ServiceResult<Status>> StartAsync(string id, string? idempotencyKey, CancellationToken cancellationToken) =>
        http.PostAsync<Status, Status>($"/internal/v1/pipelines/{Uri.EscapeDataString(id)}/start", new Status("new"), cancellationToken, idempotencyKey);
}
