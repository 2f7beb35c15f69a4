using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Lucid.Cli.Profiles;
using Lucid.Contracts;
using Lucid.Contracts.Errors;
using Microsoft.Extensions.DependencyInjection;

namespace Lucid.Cli.Api;

/// <summary>The public API for a logged-in user: refreshes the access token in time and turns refusals into sentences.</summary>
public sealed class GatewayClient : IAsyncDisposable
{
    private static readonly TimeSpan RefreshAhead = TimeSpan.FromSeconds(60);
    private readonly ServiceProvider services;
    private readonly HttpClient http;
    private readonly ProfileStore store;
    private readonly TimeProvider time;

    private GatewayClient(ProfileStore store, Profile profile, TimeProvider time)
    {
        (this.store, Profile, this.time) = (store, profile, time);
        services = new ServiceCollection().AddHttpClient("lucid", client => (client.BaseAddress, client.Timeout) = (new Uri(profile.Server), TimeSpan.FromMinutes(10)))
            .Services.BuildServiceProvider();
        http = services.GetRequiredService<IHttpClientFactory>().CreateClient("lucid");
    }

    public Profile Profile { get; private set; }

    public static async Task<GatewayClient> OpenAsync(ProfileStore store, string? server, CancellationToken cancellationToken)
    {
        var profile = await store.LoadAsync(cancellationToken);
        return new(store, server is null ? profile : profile with { Server = server }, TimeProvider.System);
    }

    public async Task RememberAsync(Profile profile, CancellationToken cancellationToken)
    {
        Profile = profile;
        await store.SaveAsync(profile, cancellationToken);
    }

    public Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync<JsonElement>(() => new HttpRequestMessage(HttpMethod.Get, path), anonymous: false, cancellationToken);

    public Task<JsonElement> GetPublicAsync(string path, CancellationToken cancellationToken) =>
        SendAsync<JsonElement>(() => new HttpRequestMessage(HttpMethod.Get, path), anonymous: true, cancellationToken);

    public Task<T> PostAsync<T>(string path, object body, CancellationToken cancellationToken, bool anonymous = false) =>
        SendAsync<T>(() => new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, options: JsonDefaults.Tolerant) }, anonymous, cancellationToken);

    /// <summary>Sends octets with a header and gives the answer, good or refused, as it is.</summary>
    public async Task<HttpResponseMessage> PutBytesAsync(string path, ReadOnlyMemory<byte> content, string header, string value, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ReadOnlyMemoryContent(content) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        request.Headers.Add(header, value);
        await AuthoriseAsync(request, cancellationToken);
        return await http.SendAsync(request, cancellationToken);
    }

    /// <summary>Streams an answer; the caller disposes it.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        await AuthoriseAsync(request, cancellationToken);
        var response = await SendOnceAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await ThrowIfRefusedAsync(response, cancellationToken);
        return response;
    }

    public static async Task<ErrorBody?> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return (await response.Content.ReadFromJsonAsync<ErrorEnvelope>(JsonDefaults.Tolerant, cancellationToken))?.Error;
        }
        catch (Exception unreadable) when (unreadable is JsonException or NotSupportedException)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();

    private async Task<T> SendAsync<T>(Func<HttpRequestMessage> make, bool anonymous, CancellationToken cancellationToken)
    {
        using var request = make();
        if (!anonymous)
        {
            await AuthoriseAsync(request, cancellationToken);
        }

        using var response = await SendOnceAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        await ThrowIfRefusedAsync(response, cancellationToken);
        if (response.StatusCode == System.Net.HttpStatusCode.NoContent || response.Content.Headers.ContentLength == 0)
        {
            return default!;
        }

        return (await response.Content.ReadFromJsonAsync<T>(JsonDefaults.Tolerant, cancellationToken))!;
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, completion, cancellationToken);
        }
        catch (HttpRequestException)
        {
            throw new CliException($"{Profile.Server} does not answer. Is Lucid running (./run)? Another address: --server.");
        }
    }

    private static async Task ThrowIfRefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        var error = await ReadErrorAsync(response, cancellationToken);
        throw new CliException(error is null
            ? $"The server answered {(int)response.StatusCode}."
            : $"{error.Message} ({error.Service} {error.Code}, HTTP {(int)response.StatusCode}, request {error.RequestId}){Fields(error)}") { Code = error?.Code };
    }

    private static string Fields(ErrorBody error) =>
        error.Details is { ValueKind: JsonValueKind.Object } details && details.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array
            ? string.Concat(errors.EnumerateArray().Select(field => $"{Environment.NewLine}  {field.GetProperty("field")}: {field.GetProperty("message")}"))
            : "";

    private async Task AuthoriseAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Profile.AccessToken is null)
        {
            throw new CliException("Log in first: ./lucid login");
        }

        if (Profile.AccessExpiresAt - RefreshAhead < time.GetUtcNow() && Profile.RefreshToken is { } refresh)
        {
            var answer = await SendAsync<JsonElement>(
                () => new HttpRequestMessage(HttpMethod.Post, "/api/v1/auth/refresh") { Content = JsonContent.Create(new { refresh_token = refresh }) }, anonymous: true, cancellationToken);
            await RememberAsync(Profile.WithTokens(answer, time.GetUtcNow()), cancellationToken);
        }

        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Profile.AccessToken);
    }
}
