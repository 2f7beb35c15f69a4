using System.Net;
using System.Text;
using Lucid.Sidecar.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace Lucid.Sidecar.Tests.Invocation;

public sealed class BodyTests
{
    [Fact]
    public async Task A_chunked_answer_arrives_piece_by_piece()
    {
        var next = new SemaphoreSlim(0);
        await using var app = await TestApp.StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.Body.FlushAsync();
            for (var i = 0; i < 3; i++)
            {
                await next.WaitAsync(context.RequestAborted);
                await context.Response.WriteAsync($"data: {i}\n\n");
                await context.Response.Body.FlushAsync();
            }
        });
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app);
        var caller = await mesh.StartAsync("caller");

        // Headers come before the first event, and each event before the app is allowed to write the next.
        using var response = await mesh.GetAsync(caller, "/v1.0/invoke/callee/method/events", ("Accept", "text/event-stream"));
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        using var events = new StreamReader(await response.Content.ReadAsStreamAsync());
        for (var i = 0; i < 3; i++)
        {
            next.Release();
            Assert.Equal($"data: {i}", await events.ReadLineAsync(TestContext.Current.CancellationToken));
            Assert.Equal("", await events.ReadLineAsync(TestContext.Current.CancellationToken));
        }

        Assert.Null(await events.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_chunked_request_is_streamed_to_the_app_while_it_is_written()
    {
        var arrived = new SemaphoreSlim(0);
        var total = new StringBuilder();
        await using var app = await TestApp.StartAsync(async context =>
        {
            var buffer = new byte[100];
            int read;
            while ((read = await context.Request.Body.ReadAsync(buffer)) > 0)
            {
                total.Append(Encoding.ASCII.GetString(buffer, 0, read));
                arrived.Release();
            }

            await context.Response.WriteAsync($"{context.Request.ContentLength?.ToString() ?? "chunked"}");
        });
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app);
        var caller = await mesh.StartAsync("caller");
        var body = new SteppedContent(async stream =>
        {
            foreach (var piece in new[] { "one", "two" })
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(piece));
                await stream.FlushAsync();
                await arrived.WaitAsync(TestContext.Current.CancellationToken);
            }
        });

        using var response = await mesh.SendAsync(caller, HttpMethod.Post, "/v1.0/invoke/callee/method/x", body);

        Assert.Equal("chunked", await response.Content.ReadAsStringAsync());
        Assert.Equal("onetwo", total.ToString());
    }

    [Fact]
    public async Task A_large_answer_passes_unchanged()
    {
        var bytes = new byte[5 << 20];
        new Random(7).NextBytes(bytes);
        await using var app = await TestApp.StartAsync(context => context.Response.Body.WriteAsync(bytes).AsTask());
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app);
        var caller = await mesh.StartAsync("caller");

        using var response = await mesh.GetAsync(caller, "/v1.0/invoke/callee/method/x");

        Assert.Equal(bytes, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task An_announced_body_over_the_limit_never_reaches_the_app()
    {
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app);
        var caller = await mesh.StartAsync(Mesh.Options("caller") with { MaxBodySize = 1000 });

        using var response = await mesh.SendAsync(caller, HttpMethod.Post, "/v1.0/invoke/callee/method/x", new ByteArrayContent(new byte[1001]));

        await Mesh.AssertErrorAsync(response, 500, "ERR_DIRECT_INVOKE", "request body too large");
        Assert.Empty(app.Requests);
    }

    [Theory]
    [InlineData(1000, 100_000)]
    [InlineData(100_000, 1000)]
    public async Task A_streamed_body_over_the_limit_of_either_side_is_cut_before_its_end(long callerLimit, long calleeLimit)
    {
        var begun = new TaskCompletionSource();
        var whole = new TaskCompletionSource<bool>();
        await using var app = await TestApp.StartAsync(async context =>
        {
            try
            {
                await context.Request.Body.ReadExactlyAsync(new byte[100]);
                begun.SetResult();
                await context.Request.Body.CopyToAsync(Stream.Null);
                whole.TrySetResult(true);
            }
            catch (Exception error) when (error is BadHttpRequestException or IOException or OperationCanceledException)
            {
                whole.TrySetResult(false);
            }
        });
        await using var mesh = new Mesh();
        await mesh.StartAsync(Mesh.Options("callee", app.Port) with { MaxBodySize = calleeLimit });
        var caller = await mesh.StartAsync(Mesh.Options("caller") with { MaxBodySize = callerLimit });
        var body = new SteppedContent(async stream =>
        {
            for (var i = 0; i < 30; i++)
            {
                await stream.WriteAsync(new byte[100]);
                await stream.FlushAsync();
                await begun.Task.WaitAsync(TestContext.Current.CancellationToken);
            }
        });

        using var response = await mesh.SendAsync(caller, HttpMethod.Post, "/v1.0/invoke/callee/method/x", body);
        await Mesh.AssertErrorAsync(response, 500, "ERR_DIRECT_INVOKE", "request body too large");
        Assert.False(await whole.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_client_that_goes_away_cancels_the_app()
    {
        var begun = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        await using var app = await TestApp.StartAsync(async context =>
        {
            context.RequestAborted.Register(() => cancelled.TrySetResult());
            begun.TrySetResult();
            await cancelled.Task;
        });
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app);
        var caller = await mesh.StartAsync("caller");
        using var client = new HttpClient();
        using var patience = new CancellationTokenSource();

        var call = client.GetAsync($"http://127.0.0.1:{caller.HttpPort}/v1.0/invoke/callee/method/x", patience.Token);
        await begun.Task.WaitAsync(TestContext.Current.CancellationToken);
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_breaks_off_for_the_client_too()
    {
        var received = new TaskCompletionSource();
        await using var app = await TestApp.StartAsync(async context =>
        {
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            await received.Task;
            context.Abort();
        });
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app);
        var caller = await mesh.StartAsync("caller");

        using var response = await mesh.GetAsync(caller, "/v1.0/invoke/callee/method/x");

        var body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[4]);
        received.SetResult();
        await Assert.ThrowsAnyAsync<IOException>(() => body.ReadAtLeastAsync(new byte[1], 1).AsTask());
    }

    [Fact]
    public async Task No_more_calls_run_in_the_app_than_its_concurrency_allows()
    {
        var release = new TaskCompletionSource();
        int running = 0, most = 0;
        await using var app = await TestApp.StartAsync(async context =>
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            if (now == 2)
            {
                release.TrySetResult();
            }

            await release.Task;
            Interlocked.Decrement(ref running);
        });
        await using var mesh = new Mesh();
        await mesh.StartAsync(Mesh.Options("callee", app.Port) with { AppMaxConcurrency = 2 });
        var caller = await mesh.StartAsync("caller");

        var calls = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => mesh.GetAsync(caller, "/v1.0/invoke/callee/method/x")));

        Assert.All(calls, response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Equal(2, most);
    }

    [Fact]
    public async Task Two_protocols_share_the_http_port()
    {
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app);
        var caller = await mesh.StartAsync("caller");

        using var second = await mesh.SendAsync(caller.HttpPort, HttpMethod.Post, "/v1.0/invoke/callee/method/x", Mesh.Text("body"), HttpVersion.Version20);
        using var first = await mesh.GetAsync(caller, "/v1.0/invoke/callee/method/x");

        Assert.Equal(HttpVersion.Version20, second.Version);
        Assert.Equal("ok", await second.Content.ReadAsStringAsync());
        Assert.Equal(HttpVersion.Version11, first.Version);
        Assert.Equal("body", app.Requests.First().Body);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }

    private sealed class SteppedContent(Func<Stream, Task> write) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => write(stream);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
