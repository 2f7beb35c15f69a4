using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lucid.Contracts;
using Lucid.Contracts.Services;
using Lucid.Contracts.Sessions;
using Lucid.ServiceDefaults;
using Lucid.SessionPipeline.Tests.Support;
using Lucid.SessionRecorder.Clients;
using Lucid.SessionRecorder.Endpoints;
using Lucid.SessionRecorder.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Lucid.SessionRecorder.Tests;

/// <summary>The service with its real pipeline, on a real disk; the pipeline service answers as the test says.</summary>
public sealed class ServiceTests : IAsyncLifetime
{
    private const string Token = "the token of the source";
    private static readonly string Session = "01890a5d-ac96-774b-bcce-b302099a8057";
    private readonly string root = Directory.CreateTempSubdirectory("recorder").FullName;
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2031, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly System.Collections.Concurrent.ConcurrentQueue<(string Path, string Body)> told = new();
    private volatile bool pipelineRefuses;
    private WebApplication app = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = LucidService.CreateBuilder(
            [
                "--ENVIRONMENT=development", "--PORT=0", "--APP_API_TOKEN=t", "--DAPR_API_TOKEN=t", "--DAPR_HTTP_ENDPOINT=http://127.0.0.1:9",
                "--DAPR_GRPC_ENDPOINT=http://127.0.0.1:9", "--LOG_LEVEL=ERROR",
            ],
            AppIds.SessionRecorder);
        var http = new StubHandler((request, body) =>
        {
            told.Enqueue((request.RequestUri!.AbsolutePath, Encoding.UTF8.GetString(body)));
            return pipelineRefuses ? StubHandler.Error(503, "busy")
                : request.RequestUri.AbsolutePath.Contains("/chunks/", StringComparison.Ordinal)
                    ? StubHandler.Json(new ChunkLedgerEntry(0, 1, "av", 0, "sealed", 1, null, 0, 0, 0, false, false, null, null, null, null))
                    : StubHandler.Empty();
        });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(new RecorderOptions { SessionDataPath = root, MinFreeBytes = 0 });
        builder.Services.AddSingleton(new SpoolKeys(Lucid.Journal.PhysicalFileSystem.Instance));
        builder.Services.AddSingleton<Recordings>();
        builder.Services.AddSingleton(new PipelineClient(http.Client()));
        builder.Services.AddSingleton<PipelineReporter>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<PipelineReporter>());
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
        app = builder.Build();
        app.Services.GetRequiredService<SpoolKeys>().Unlock(new byte[32]);
        await app.Services.GetRequiredService<Recordings>().LoadAsync(default);
        app.UseLucidDefaults();
        app.MapRecordings();
        app.MapIngest();
        app.MapSpool();
        await app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task A_group_with_the_token_is_accepted_and_the_answer_says_where_to_go_on()
    {
        await OpenAsync();
        var accepted = await IngestAsync("1/0/0", Sample.Range(0, Sample.Borders[1]));
        Assert.Equal(HttpStatusCode.OK, accepted.Status);
        Assert.Equal(Sample.Borders[1], accepted.Body.GetProperty("offset").GetInt64());
        var wrong = await IngestAsync("1/0/1", Sample.Range(0, Sample.Borders[1]));
        Assert.Equal((HttpStatusCode.Conflict, "wrong_offset"), (wrong.Status, Reason(wrong.Body)));
        Assert.Equal(Sample.Borders[1], wrong.Body.GetProperty("error").GetProperty("details").GetProperty("offset").GetInt64());
        Assert.Equal("stale_epoch", Reason((await IngestAsync("2/0/0", Sample.Next(0))).Body));
        var malformed = await IngestAsync($"1/0/{Sample.Borders[1]}", new byte[20]);
        Assert.Equal((HttpStatusCode.BadRequest, "malformed_fragments"), (malformed.Status, Reason(malformed.Body)));
    }

    [Fact]
    public async Task A_wrong_token_and_an_unknown_recording_look_alike()
    {
        await OpenAsync();
        Assert.Equal("recording_not_found", Reason((await IngestAsync("1/0/0", Sample.Next(0), token: "another")).Body));
        Assert.Equal("recording_not_found", Reason((await IngestAsync("1/0/0", Sample.Next(0), token: "")).Body));
        Assert.Equal("recording_not_found", Reason((await IngestAsync("1/0/0", Sample.Next(0), session: Session.Replace('8', '9'))).Body));
        Assert.Equal(0, Spool.State.PlainBytes);
    }

    [Fact]
    public async Task What_the_pipeline_did_not_take_is_told_again_with_the_next_sweep()
    {
        pipelineRefuses = true;
        await OpenAsync();
        await IngestAsync("1/0/0", Sample.Bytes);
        await UntilAsync(() => told.Count >= 2);
        Assert.All(told, call => Assert.Contains("first_fragment", call.Body, StringComparison.Ordinal));
        pipelineRefuses = false;
        await SendAsync(HttpMethod.Post, $"/internal/v1/recordings/{Session}/stop", AppIds.SessionPipeline, new StringContent("{}", Encoding.UTF8, "application/json"));
        await UntilAsync(() => told.Any(call => call.Body.Contains("\"chunk_count\":2", StringComparison.Ordinal)));
        var order = told.Where(call => call.Path.Contains("/chunks/", StringComparison.Ordinal)).Select(call => call.Path[^1]).ToList();
        Assert.Equal("01", string.Concat(order));
    }

    [Fact]
    public async Task A_chunk_is_cut_by_age_though_nothing_more_arrives()
    {
        await OpenAsync();
        await IngestAsync("1/0/0", Sample.Range(0, Sample.Borders[1]));
        await UntilAsync(() => told.Count(call => call.Path.Contains("/chunks/", StringComparison.Ordinal)) == 2);
        var sealedChunk = await SendAsync(HttpMethod.Get, $"/internal/v1/spool/{Session}/1", AppIds.ChunkProcessor);
        Assert.Equal(Sample.Range(Sample.Init, Sample.Borders[1]).ToArray(), await sealedChunk.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        await SendAsync(HttpMethod.Delete, $"/internal/v1/spool/{Session}/1", AppIds.ChunkProcessor);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, $"/internal/v1/spool/{Session}/1", AppIds.ChunkProcessor)).StatusCode);
    }

    [Fact]
    public async Task One_recording_removed_meanwhile_does_not_stop_the_reports_of_another()
    {
        var other = Session.Replace("8057", "8058", StringComparison.Ordinal);
        await OpenAsync();
        await OpenAsync(other);
        await Spool.DisposeAsync(); // as a removal leaves it for a sweep that is under way
        await IngestAsync("1/0/0", Sample.Range(0, Sample.Borders[1]), session: other);
        await UntilAsync(() => told.Count(call => call.Path.Contains(other, StringComparison.Ordinal) && call.Path.Contains("/chunks/", StringComparison.Ordinal)) == 2);
    }

    [Fact]
    public async Task A_session_that_reached_its_size_is_ended_with_this_reason()
    {
        await OpenAsync(maxSize: 50_000);
        var refused = await IngestAsync("1/0/0", Sample.Bytes);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "session_size_exceeded"), (refused.Status, Reason(refused.Body)));
        Assert.Equal(RecordingReports.SizeExceeded, Spool.State.Ended!.Reason);
    }

    private SessionSpool Spool => app.Services.GetRequiredService<Recordings>().Find(Guid.Parse(Session))!;

    private async Task OpenAsync(string? session = null, long maxSize = 1 << 30)
    {
        var outcome = await app.Services.GetRequiredService<Recordings>().OpenAsync(
            Guid.Parse(session ?? Session),
            new(session ?? Session, "owner", 1, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Token))), 1 << 20, maxSize, 0), default);
        Assert.Equal(OpenOutcome.Opened, outcome);
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> IngestAsync(string place, ReadOnlyMemory<byte> group, string token = Token, string? session = null)
    {
        var response = await SendAsync(HttpMethod.Put, $"/internal/v1/ingest/{session ?? Session}/{place}", AppIds.SessionApi, new ByteArrayContent(group.ToArray()), token);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string caller, HttpContent? content = null, string? token = null)
    {
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Add(LucidHeaders.DaprApiToken, "t");
        request.Headers.Add(LucidHeaders.DaprCallerAppId, caller);
        request.Headers.Add(LucidHeaders.DaprCallerNamespace, ServiceTable.Get(caller).Namespace);
        if (token is not null)
        {
            request.Headers.Add(LucidHeaders.IngestToken, token);
        }

        return await client.SendAsync(request);
    }

    /// <summary>Lets time pass, sweep by sweep, until the condition holds.</summary>
    private async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            clock.Advance(TimeSpan.FromSeconds(2));
            await Task.Delay(5, patience.Token);
        }
    }

    private static string Reason(JsonElement body) => body.GetProperty("error").GetProperty("details").GetProperty("reason").GetString()!;
}
