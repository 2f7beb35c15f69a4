using System.Net;
using Lucid.ServiceDefaults.Tests.Example;
using Lucid.ServiceDefaults.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Lucid.ServiceDefaults.Tests;

public sealed class DeadlineTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(60));
    private readonly TaskCompletionSource _entered = new();
    private readonly TaskCompletionSource _ended = new();
    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync(
        builder => builder.Services.AddSingleton<TimeProvider>(_clock),
        app =>
        {
            app.MapGet("/test/below/waits", async (CancellationToken cancellationToken) =>
            {
                _entered.SetResult();
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                }
                finally
                {
                    _ended.SetResult();
                }
            });
            app.MapGet("/test/below/streams", async (HttpContext context, PipelineClient pipeline) =>
            {
                await context.Response.WriteAsync("first ");
                await context.Response.Body.FlushAsync();
                _entered.SetResult();
                await _ended.Task;
                await context.Response.WriteAsync((await pipeline.ReadAsync("x", context.RequestAborted)).IsSuccess ? "and last" : "refused");
            });
            app.MapGet("/test/below/asks", async (PipelineClient pipeline, CancellationToken cancellationToken) =>
            {
                _clock.Advance(TimeSpan.FromMilliseconds(400));
                await pipeline.ReadAsync("x", cancellationToken);
                _clock.Advance(TimeSpan.FromSeconds(60));
                return (await pipeline.ReadAsync("x", CancellationToken.None)).Error!.Status;
            });
        });

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Work_that_nobody_waits_for_any_more_is_cancelled_and_answered_with_5006()
    {
        using var client = Client("1500");
        var answer = client.GetAsync("/test/below/waits");
        await _entered.Task;
        _clock.Advance(TimeSpan.FromMilliseconds(1500));
        await _ended.Task;
        await (await answer).AssertErrorAsync(HttpStatusCode.GatewayTimeout, "5006", "deadline");
    }

    [Fact]
    public async Task An_answer_that_has_begun_takes_its_time_and_so_do_its_calls()
    {
        _service.Sidecar.OnInvoke = (_, context) => context.Response.WriteAsync("""{"state":"x"}""");
        using var client = Client("1500");
        using var answer = await client.GetAsync("/test/below/streams", HttpCompletionOption.ResponseHeadersRead);
        await _entered.Task;
        _clock.Advance(TimeSpan.FromSeconds(60));
        _ended.SetResult();
        Assert.Equal("first and last", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Calls_tell_how_much_is_left_and_are_not_made_when_nothing_is()
    {
        _service.Sidecar.OnInvoke = (_, context) => context.Response.WriteAsync("""{"state":"x"}""");
        using var client = Client("1500");
        using var answer = await client.GetAsync("/test/below/asks");
        Assert.Equal("1100", Assert.Single(_service.Sidecar.Invocations).Headers[LucidHeaders.Deadline]);
    }

    [Fact]
    public async Task Without_a_deadline_of_its_own_a_call_tells_the_clients_patience()
    {
        _service.Sidecar.OnInvoke = (_, context) => context.Response.WriteAsync("""{"state":"x"}""");
        await _service.Services.GetRequiredService<PipelineClient>().ReadAsync("x", CancellationToken.None);
        Assert.Equal("30000", Assert.Single(_service.Sidecar.Invocations).Headers[LucidHeaders.Deadline]);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("86400001")]
    [InlineData("soon")]
    public async Task A_deadline_that_is_none_is_refused(string text)
    {
        using var client = Client(text);
        await (await client.GetAsync("/test/fail")).AssertErrorAsync(HttpStatusCode.BadRequest, "1001", "deadline");
    }

    private HttpClient Client(string deadline)
    {
        var client = _service.Client();
        client.DefaultRequestHeaders.Add(LucidHeaders.Deadline, deadline);
        return client;
    }
}
