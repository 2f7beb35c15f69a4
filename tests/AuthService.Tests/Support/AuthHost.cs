using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Dapr.Actors.Client;
using Lucid.AuthService.Storage;
using Lucid.Contracts;
using Lucid.Contracts.Auth;
using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;
using Lucid.Wallets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lucid.AuthService.Tests.Support;

/// <summary>A replica of the service with its real pipeline; state, broker, clock, secrets and the actor runtime are replaced.</summary>
internal sealed class AuthHost : IAsyncDisposable
{
    public const string JwtSecret = "k2v7Qm0sX1rT8yUa3bZc5dWe9fGhJ4iL6nPoRqStVwY";
    public const string MfaSecret = "aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zC3fG6hJ9kL2n";
    public const string AppToken = "app-token-of-the-test";

    private static readonly SocketsHttpHandler Handler = new() { AllowAutoRedirect = false };

    private readonly WebApplication _app;

    private AuthHost(WebApplication app, MemoryState state, SettableClock clock) => (_app, State, Clock) = (app, state, clock);

    public MemoryState State { get; }

    public SettableClock Clock { get; }

    public string Address => _app.Urls.Single();

    public IServiceProvider Services => _app.Services;

    public static string[] Arguments(params string[] more) =>
    [
        "--ENVIRONMENT=development", "--PORT=0", $"--APP_API_TOKEN={AppToken}", "--DAPR_API_TOKEN=t", "--DAPR_HTTP_ENDPOINT=http://127.0.0.1:9",
        "--DAPR_GRPC_ENDPOINT=http://127.0.0.1:9", "--LOG_LEVEL=ERROR", .. more,
    ];

    public static async Task<AuthHost> StartAsync(MemoryState? state = null, SettableClock? clock = null, params string[] arguments)
    {
        (state, clock) = (state ?? new MemoryState(), clock ?? new SettableClock());
        var builder = LucidService.CreateBuilder(Arguments(arguments), AppIds.AuthService);
        builder.AddAuth();
        builder.Logging.ClearProviders();
        var services = builder.Services;
        services.Remove(services.Single(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType == typeof(SecretLoader)));
        services.Replace(ServiceDescriptor.Singleton<IStateClient>(state));
        services.Replace(ServiceDescriptor.Singleton<IEventPublisher>(state));
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
        if (!arguments.Any(argument => argument.StartsWith("--DAPR_HTTP_ENDPOINT=", StringComparison.Ordinal)))
        {
            services.Replace(ServiceDescriptor.Singleton<IActorProxyFactory, ActorTurns>());
        }

        var app = builder.Build();
        app.Services.GetRequiredService<AuthKeys>().Unlock(JwtSecret);
        app.UseLucidDefaults();
        app.MapActorsHandlers();
        app.MapAuth();
        await app.StartAsync();
        return new AuthHost(app, state, clock);
    }

    /// <summary>As the sidecar calls on behalf of an app.</summary>
    public HttpClient Client(string? bearer = null, string caller = AppIds.ApiGateway, string? address = "203.0.113.7")
    {
        var client = new HttpClient(Handler, disposeHandler: false) { BaseAddress = new Uri(_app.Urls.Single()) };
        client.DefaultRequestHeaders.Add(LucidHeaders.DaprApiToken, AppToken);
        client.DefaultRequestHeaders.Add(LucidHeaders.DaprCallerAppId, caller);
        client.DefaultRequestHeaders.Add(LucidHeaders.DaprCallerNamespace, ServiceTable.Get(caller).Namespace);
        client.DefaultRequestHeaders.UserAgent.ParseAdd("lucid-tests/1.0");
        if (address is not null)
        {
            client.DefaultRequestHeaders.Add(LucidHeaders.ClientAddress, address);
        }

        if (bearer is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", bearer);
        }

        return client;
    }

    public async Task<Challenge> ChallengeAsync(TronAddress address, string purpose = ChallengePurposes.Login, string client = "203.0.113.7")
    {
        using var http = Client(address: client);
        return await ReadAsync<Challenge>(await http.PostAsJsonAsync("/auth/challenge", new { tron_address = address.ToString(), purpose }));
    }

    public async Task<HttpResponseMessage> TryLoginAsync(WalletKey wallet, object? more = null)
    {
        var challenge = await ChallengeAsync(wallet.Address);
        return await PostLoginAsync(wallet.Address.ToString(), challenge.ChallengeId, wallet.SignMessage(Encoding.ASCII.GetBytes(challenge.Message)), more);
    }

    public async Task<HttpResponseMessage> PostLoginAsync(string address, string challengeId, string signature, object? more = null)
    {
        var body = new Dictionary<string, object?> { ["tron_address"] = address, ["challenge_id"] = challengeId, ["signature"] = signature };
        foreach (var property in more?.GetType().GetProperties() ?? [])
        {
            body[property.Name] = property.GetValue(more);
        }

        using var http = Client();
        return await http.PostAsJsonAsync("/auth/login", body);
    }

    public async Task<AuthResponse> LoginAsync(WalletKey wallet, object? more = null) => await ReadAsync<AuthResponse>(await TryLoginAsync(wallet, more));

    public async Task<HttpResponseMessage> TryStepUpAsync(WalletKey wallet, string bearer, string purpose = ChallengePurposes.StepUp)
    {
        var challenge = await ChallengeAsync(wallet.Address, purpose);
        using var http = Client(bearer);
        return await http.PostAsJsonAsync(
            "/auth/step-up", new { challenge_id = challenge.ChallengeId, signature = wallet.SignMessage(Encoding.ASCII.GetBytes(challenge.Message)) });
    }

    public async Task<HttpResponseMessage> TryRefreshAsync(string refreshToken)
    {
        using var http = Client();
        return await http.PostAsJsonAsync("/auth/refresh", new { refresh_token = refreshToken });
    }

    public async Task<AuthResponse> RefreshAsync(string refreshToken) => await ReadAsync<AuthResponse>(await TryRefreshAsync(refreshToken));

    public async Task<HttpResponseMessage> GetAsync(string path, string? bearer, string caller = AppIds.ApiGateway)
    {
        using var http = Client(bearer, caller);
        return await http.GetAsync(path);
    }

    public async Task<Introspection> IntrospectAsync(string token)
    {
        using var http = Client();
        return await ReadAsync<Introspection>(await http.PostAsJsonAsync("/internal/v1/tokens/introspect", new { token }));
    }

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {text}");
        return JsonSerializer.Deserialize<T>(text, JsonDefaults.Strict)!;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}

internal static class Answers
{
    /// <summary>Checks status, code and reason of an error envelope.</summary>
    public static async Task<JsonElement> AssertErrorAsync(this HttpResponseMessage response, HttpStatusCode status, string code, string? reason = null)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{(int)response.StatusCode} instead of {(int)status}: {text}");
        var error = JsonDocument.Parse(text).RootElement.GetProperty("error");
        Assert.Equal("LUCID_ERR_" + code, error.GetProperty("code").GetString());
        if (reason is not null)
        {
            Assert.Equal(reason, error.GetProperty("details").GetProperty("reason").GetString());
        }

        return error;
    }
}
