using System.Net.Http.Json;
using System.Text.Json;

namespace Lucid.ServiceDefaults;

/// <summary>Calls between services as values. Paths start with a slash and are of the callee's route table.</summary>
public static class ServiceCalls
{
    public static Task<ServiceResult<T>> GetAsync<T>(this HttpClient client, string path, CancellationToken cancellationToken) =>
        client.CallAsync<T>(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);

    /// <param name="idempotencyKey">With a key the call may be repeated by the retry handler; without one it is sent once.</param>
    public static Task<ServiceResult<T>> PostAsync<TBody, T>(
        this HttpClient client, string path, TBody body, CancellationToken cancellationToken, string? idempotencyKey = null) =>
        client.CallAsync<T>(WithBody(HttpMethod.Post, path, body, idempotencyKey), cancellationToken);

    public static Task<ServiceResult<T>> PutAsync<TBody, T>(
        this HttpClient client, string path, TBody body, CancellationToken cancellationToken, string? idempotencyKey = null) =>
        client.CallAsync<T>(WithBody(HttpMethod.Put, path, body, idempotencyKey), cancellationToken);

    public static Task<ServiceResult<T>> DeleteAsync<T>(this HttpClient client, string path, CancellationToken cancellationToken) =>
        client.CallAsync<T>(new HttpRequestMessage(HttpMethod.Delete, path), cancellationToken);

    /// <summary>Sends any request; reads the JSON answer, or the error envelope. Takes the request over.</summary>
    public static async Task<ServiceResult<T>> CallAsync<T>(this HttpClient client, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            try
            {
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
                if (!response.IsSuccessStatusCode)
                {
                    return new ServiceResult<T>(await response.ReadErrorAsync(cancellationToken).ConfigureAwait(false));
                }

                if (typeof(T) == typeof(Nothing))
                {
                    return new ServiceResult<T>(default(T)!);
                }

                var value = await response.Content.ReadFromJsonAsync<T>(JsonDefaults.Tolerant, cancellationToken).ConfigureAwait(false);
                return value is null ? new ServiceResult<T>(Unreadable) : new ServiceResult<T>(value);
            }
            catch (HttpRequestException)
            {
                return new ServiceResult<T>(new ServiceError(503, LucidErrors.Unavailable.Code, "The sidecar or the called service does not answer; try again."));
            }
            catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return new ServiceResult<T>(new ServiceError(504, LucidErrors.Timeout.Code, "The called service took too long; try again."));
            }
            catch (Exception e) when (e is JsonException or NotSupportedException)
            {
                return new ServiceResult<T>(Unreadable);
            }
        }
    }

    /// <summary>The error a failed answer carries; for callers that stream the good ones themselves.</summary>
    public static async Task<ServiceError> ReadErrorAsync(this HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        try
        {
            var envelope = await response.Content.ReadFromJsonAsync<ErrorEnvelope>(JsonDefaults.Tolerant, cancellationToken).ConfigureAwait(false);
            if (envelope?.Error is { Code: not null } error)
            {
                var reason = error.Details is { ValueKind: JsonValueKind.Object } details && details.TryGetProperty("reason", out var r) && r.ValueKind == JsonValueKind.String ? r.GetString() : null;
                return new ServiceError(status, error.Code, error.Message, reason);
            }
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            // not one of ours: a sidecar's answer or a proxy's; its text is not for our callers
        }

        return new ServiceError(status, LucidErrors.Upstream.Code, "The called service failed.");
    }

    private static ServiceError Unreadable => new(502, LucidErrors.Upstream.Code, "The answer of the called service could not be read.");

    private static HttpRequestMessage WithBody<TBody>(HttpMethod method, string path, TBody body, string? idempotencyKey)
    {
        var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body, options: JsonDefaults.Tolerant) };
        if (idempotencyKey is not null)
        {
            request.Headers.Add(LucidHeaders.IdempotencyKey, idempotencyKey);
        }

        return request;
    }
}
