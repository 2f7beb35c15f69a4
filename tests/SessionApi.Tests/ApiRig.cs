using System.Text;
using Lucid.ApiGateway.Tests.Support;
using Lucid.AuthService.Tests.Support;
using Lucid.Contracts;
using Lucid.Contracts.Sessions;
using Lucid.Evidence;
using Lucid.ServiceDefaults;
using Lucid.SessionApi.Clients;
using Lucid.SessionApi.Domain;
using Lucid.SessionApi.Endpoints;
using Lucid.SessionPipeline.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Lucid.SessionApi.Tests;

/// <summary>The service with its real pipeline; the pipeline behind it knows one session, of <see cref="Owner"/>.</summary>
internal sealed class ApiRig : IAsyncDisposable, IJwksSource
{
    public static readonly Guid Owner = Guid.Parse("0198c0de-0000-7000-8000-00000000000a");
    public static readonly Guid Session = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057");
    private readonly TokenIssuer issuer = new();
    private WebApplication app = null!;

    /// <summary>What reached the services behind, as "METHOD path".</summary>
    public List<string> Calls { get; } = [];

    public List<string> Bodies { get; } = [];

    public bool StoreIsAway { get; set; }

    public SessionView View { get; set; } = new()
    {
        SessionId = Session.ToString("D"), UserId = Owner.ToString("D"), Name = "a recording", State = SessionStates.Created, AnchorStatus = AnchorStates.None,
        CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch, RecordingConfig = new(), StorageConfig = new(), Custody = Custodies.Owner,
        Version = 4, ManifestVersion = 1,
    };

    public static async Task<ApiRig> StartAsync()
    {
        var rig = new ApiRig();
        var builder = LucidService.CreateBuilder(
            [
                "--ENVIRONMENT=development", "--PORT=0", "--APP_API_TOKEN=t", "--DAPR_API_TOKEN=t", "--DAPR_HTTP_ENDPOINT=http://127.0.0.1:9",
                "--DAPR_GRPC_ENDPOINT=http://127.0.0.1:9", "--LOG_LEVEL=ERROR",
            ],
            AppIds.SessionApi);
        var state = new MemoryState();
        var http = new StubHandler(rig.Answer);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IJwksSource>(rig);
        builder.AddUserTokens();
        builder.AddLucidState().AddEntity<Consent>("consent");
        builder.Services.Replace(ServiceDescriptor.Singleton<IStateClient>(state));
        builder.Services.Replace(ServiceDescriptor.Singleton<IEventPublisher>(state));
        builder.Services.AddSingleton(new PipelineClient(http.Client()));
        builder.Services.AddSingleton(new KeyClient(http.Client()));
        builder.Services.AddSingleton(new ReadModelClient(http.Client()));
        builder.Services.AddSingleton(new RecorderClient(http.Client()));
        builder.Services.AddSingleton(new StorageClient(http.Client()));
        builder.Services.AddSingleton<SessionGuard>();
        rig.app = builder.Build();
        rig.app.UseLucidDefaults();
        rig.app.MapSessions();
        rig.app.MapSessionCommands();
        rig.app.MapIngest();
        rig.app.MapRecordings();
        rig.app.MapConsents();
        await rig.app.StartAsync();
        return rig;
    }

    public static string RecipientJwk() => Encoding.UTF8.GetString(RecipientPrivateKey.GenerateX25519().PublicKey.Jwk.Span);

    public async Task<(int Status, string Body)> SendAsync(string method, string path, string? body = null, Guid? user = null, string role = "user", string? ifMatch = null)
    {
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add(LucidHeaders.DaprApiToken, "t");
        request.Headers.Add(LucidHeaders.DaprCallerAppId, AppIds.ApiGateway);
        request.Headers.Add(LucidHeaders.DaprCallerNamespace, ServiceTable.Get(AppIds.ApiGateway).Namespace);
        request.Headers.Authorization = new("Bearer", issuer.Issue(user ?? Owner, role: role));
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var response = await client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public Task<string?> ReadAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(issuer.Jwks);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private HttpResponseMessage Answer(HttpRequestMessage request, byte[] body)
    {
        var path = request.RequestUri!.AbsolutePath;
        Calls.Add($"{request.Method} {path}");
        Bodies.Add(Encoding.UTF8.GetString(body));
        var last = path.Split('/')[^1];
        return path switch
        {
            _ when path.Contains("/manifests/", StringComparison.Ordinal) && StoreIsAway => throw new HttpRequestException("away"),
            _ when request.Method == HttpMethod.Post && last is "start" => StubHandler.Json(new PipelineCommandResult(View with { State = "starting" }, new(1, "token"))),
            _ when request.Method == HttpMethod.Post && last is "stop" or "pause" or "resume" or "cancel" or "retry" or "finalise-incomplete" => StubHandler.Json(new PipelineCommandResult(View, null)),
            _ when request.Method == HttpMethod.Post => StubHandler.Json(View, System.Net.HttpStatusCode.Created),
            _ when path.Contains(Session.ToString("D"), StringComparison.Ordinal) => StubHandler.Json(View),
            _ => StubHandler.Error(404, "session_not_found"),
        };
    }
}
