using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Actors;

/// <summary>The calls of the actor protocol from a sidecar to its app.</summary>
internal sealed class ActorAppClient(IAppChannel app)
{
    public const string ReentrancyHeader = "Dapr-Reentrancy-Id";
    public const string ReminderCancelHeader = "X-DaprReminderCancel";

    /// <summary>What the app hosts; nothing unless it answers 200 with JSON.</summary>
    public async Task<ActorHostConfiguration> GetConfigurationAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/dapr/config", UriKind.Relative));
        using var response = await app.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return ActorHostConfiguration.None;
        }

        try
        {
            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            return ActorHostConfiguration.Parse(document.RootElement);
        }
        catch (JsonException failure)
        {
            return ActorHostConfiguration.None with { Warnings = [$"/dapr/config is not JSON: {failure.Message}"] };
        }
    }

    public async Task<ActorResponse> InvokeAsync(ActorKey key, ActorCall call, string? chain, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{PathOf(key)}/method/{call.MethodPath}{call.Query}");
        request.RequestUri = new Uri(request.RequestUri!.OriginalString, UriKind.Relative);
        request.Content = new ReadOnlyMemoryContent(call.Body);
        foreach (var (name, value) in call.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        if (chain is not null)
        {
            request.Headers.Remove(ReentrancyHeader);
            request.Headers.TryAddWithoutValidation(ReentrancyHeader, chain);
        }

        using var response = await app.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var headers = new List<KeyValuePair<string, string>>();
        Collect(response.Headers.NonValidated, headers);
        Collect(response.Content.Headers.NonValidated, headers);
        return new ActorResponse((int)response.StatusCode, headers, body);
    }

    /// <returns>The app's status; 200 means deactivated.</returns>
    public async Task<int> DeactivateAsync(ActorKey key, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri(PathOf(key), UriKind.Relative));
        using var response = await app.SendAsync(request, cancellationToken);
        return (int)response.StatusCode;
    }

    private static string PathOf(ActorKey key) => $"/actors/{Uri.EscapeDataString(key.Type)}/{Uri.EscapeDataString(key.Id)}";

    private static void Collect(HttpHeadersNonValidated from, List<KeyValuePair<string, string>> headers)
    {
        foreach (var header in from)
        {
            if (!HopByHop.Contains(header.Key))
            {
                foreach (var value in header.Value)
                {
                    headers.Add(KeyValuePair.Create(header.Key, value));
                }
            }
        }
    }
}
