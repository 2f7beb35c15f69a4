using System.Net;
using Lucid.ApiGateway.Tests.Support;

namespace Lucid.ApiGateway.Tests;

public sealed class ProxyTests : IAsyncLifetime
{
    private const string Height = "/api/v1/chain/height";
    private const string Jwks = "/.well-known/jwks.json";
    private Gateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await Gateway.StartAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Status_body_and_headers_of_the_owner_come_back_as_they_are()
    {
        _gateway.Sidecar.OnInvoke = context =>
        {
            context.Response.StatusCode = 409;
            context.Response.ContentType = "application/json";
            context.Response.Headers.ETag = "\"7\"";
            context.Response.Headers.Location = "/api/v1/sessions/1";
            context.Response.Headers.ContentDisposition = "attachment; filename=\"a.zip\"";
            return context.Response.WriteAsync("""{"error":{"code":"LUCID_ERR_4007","service":"lucid-session-api","details":{"reason":"state"}}}""");
        };
        using var client = _gateway.Client();
        using var response = await client.GetAsync(Height);
        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains("lucid-session-api", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("\"7\"", response.Headers.ETag!.Tag);
        Assert.Equal("/api/v1/sessions/1", response.Headers.Location!.OriginalString);
        Assert.Equal("a.zip", response.Content.Headers.ContentDisposition!.FileName!.Trim('"'));
    }

    [Theory]
    [InlineData(403, "code = PermissionDenied desc = access control policy has denied access", Jwks, HttpStatusCode.BadGateway, "5003")]
    [InlineData(500, "code = Unavailable desc = couldn't find service: lucid-auth-service", Jwks, HttpStatusCode.ServiceUnavailable, "5008")]
    [InlineData(500, "code = Unavailable desc = circuit breaker is open", Jwks, HttpStatusCode.ServiceUnavailable, "5007")]
    [InlineData(500, "code = DeadlineExceeded desc = context deadline exceeded", Jwks, HttpStatusCode.GatewayTimeout, "5006")]
    [InlineData(500, "code = Unavailable desc = the callee does not answer", Height, HttpStatusCode.ServiceUnavailable, "4009")]
    public async Task An_error_of_the_sidecar_does_not_leak(int status, string why, string path, HttpStatusCode expected, string code)
    {
        _gateway.Sidecar.OnInvoke = context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync($$"""{"errorCode":"ERR_DIRECT_INVOKE","message":"failed to invoke, id: x, err: rpc error: {{why}}"}""");
        };
        using var client = _gateway.Client();
        using var response = await client.GetAsync(path);
        await response.AssertErrorAsync(expected, code);
        Assert.DoesNotContain("rpc error", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_of_the_owners_wall_is_ours_and_not_the_users()
    {
        _gateway.Sidecar.OnInvoke = context =>
        {
            context.Response.StatusCode = 403;
            context.Response.ContentType = "application/json; charset=utf-8";
            return context.Response.WriteAsync("""{"error":{"code":"LUCID_ERR_2004","message":"m","details":{"reason":"caller_not_allowed"}}}""");
        };
        using var client = _gateway.Client();
        using var response = await client.GetAsync(Jwks);
        await response.AssertErrorAsync(HttpStatusCode.BadGateway, "5003", "upstream_refused");
    }

    [Fact]
    public async Task A_sidecar_that_is_away_is_5008()
    {
        await _gateway.Sidecar.DisposeAsync();
        using var client = _gateway.Client();
        using var response = await client.GetAsync(Jwks);
        await response.AssertErrorAsync(HttpStatusCode.ServiceUnavailable, "5008");
    }

    [Fact]
    public async Task An_answer_arrives_while_its_owner_still_writes_and_a_large_one_whole()
    {
        const int Pieces = 512;
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _gateway.Sidecar.OnInvoke = async context =>
        {
            context.Response.ContentType = "application/octet-stream";
            var piece = new byte[64 << 10];
            await context.Response.Body.WriteAsync(piece);
            await context.Response.Body.FlushAsync();
            await first.Task.WaitAsync(TimeSpan.FromSeconds(10)); // until the client has read some of it
            for (var i = 1; i < Pieces; i++)
            {
                await context.Response.Body.WriteAsync(piece);
            }
        };
        using var client = _gateway.Client(_gateway.Sidecar.Tokens.Issue());
        using var response = await client.GetAsync("/api/v1/sessions/s/chunks/0/download", HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[64 << 10];
        long total = await body.ReadAsync(buffer);
        first.SetResult();
        for (int read; (read = await body.ReadAsync(buffer)) > 0;)
        {
            total += read;
        }

        Assert.Equal((long)Pieces * (64 << 10), total);
        Assert.Contains("no-store", response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upload_reaches_its_owner_before_it_is_complete()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        long received = 0;
        _gateway.Sidecar.OnInvoke = async context =>
        {
            var buffer = new byte[64 << 10];
            for (int read; (read = await context.Request.Body.ReadAsync(buffer)) > 0;)
            {
                received += read;
                begun.TrySetResult();
            }
        };
        using var client = _gateway.Client(_gateway.Sidecar.Tokens.Issue());
        using var message = new HttpRequestMessage(HttpMethod.Put, "/api/v1/sessions/s/ingest/1/0/0") { Content = new GatedContent(10 << 20, begun.Task) };
        using var response = await client.SendAsync(message);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(10 << 20, received);
        Assert.Equal("10485760", _gateway.Sidecar.Invocations.Single().Headers["Content-Length"]);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_call_behind()
    {
        var (arrived, ended) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _gateway.Sidecar.OnInvoke = async context =>
        {
            context.RequestAborted.Register(() => ended.SetResult());
            arrived.SetResult();
            await ended.Task;
        };
        using var client = _gateway.Client();
        using var leave = new CancellationTokenSource();
        var call = client.GetAsync(Height, leave.Token);
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Failures_in_a_row_open_the_circuit_and_refusals_of_the_owner_do_not()
    {
        var status = 404;
        _gateway.Sidecar.OnInvoke = context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };
        using var client = _gateway.Client();
        for (var i = 0; i < 20; i++)
        {
            (await client.GetAsync(Jwks)).Dispose();
        }

        status = 503;
        for (var i = 0; i < 5; i++)
        {
            using var failed = await client.GetAsync(Jwks);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.StatusCode);
        }

        using var refused = await client.GetAsync(Jwks);
        await refused.AssertErrorAsync(HttpStatusCode.ServiceUnavailable, "5007", "circuit_open");
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(25, _gateway.Sidecar.Invocations.Count);
        using var other = await client.GetAsync(Height);
        Assert.Equal(26, _gateway.Sidecar.Invocations.Count); // another owner
    }

    /// <summary>Sends the first half, then waits until somebody has read of it.</summary>
    private sealed class GatedContent : HttpContent
    {
        private readonly int _length;
        private readonly Task _begun;

        public GatedContent(int length, Task begun)
        {
            (_length, _begun) = (length, begun);
            Headers.ContentType = new("application/octet-stream");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(new byte[_length / 2]);
            await stream.FlushAsync();
            await _begun.WaitAsync(TimeSpan.FromSeconds(10));
            await stream.WriteAsync(new byte[_length - (_length / 2)]);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _length;
            return true;
        }
    }
}
