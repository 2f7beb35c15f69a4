using System.Net;
using Lucid.ServiceDefaults.Tests.Example;
using Lucid.ServiceDefaults.Tests.Support;

namespace Lucid.ServiceDefaults.Tests;

public sealed class ClientTests : IAsyncLifetime
{
    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private PipelineClient Pipeline => _service.Services.GetRequiredService<PipelineClient>();

    [Fact]
    public async Task A_call_goes_to_the_callee_through_the_sidecar_with_token_and_request_id()
    {
        _service.Sidecar.OnInvoke = (_, context) => context.Response.WriteAsync("""{"state":"recording","new_member":1}""");
        RequestId.Begin("0198c0de-0000-7000-8000-000000000001");
        var result = await Pipeline.ReadAsync("a/b", CancellationToken.None);
        Assert.Equal("recording", result.Value!.State);
        var sent = Assert.Single(_service.Sidecar.Invocations);
        Assert.Equal(AppIds.SessionPipeline, sent.App);
        Assert.Equal(TestService.SidecarToken, sent.Headers["dapr-api-token"]);
        Assert.Equal("0198c0de-0000-7000-8000-000000000001", sent.Headers["X-Request-ID"]);
        Assert.Contains("a%2Fb", sent.Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_callees_refusal_comes_back_as_a_value()
    {
        _service.Sidecar.OnInvoke = (_, context) =>
        {
            context.Response.StatusCode = 409;
            return context.Response.WriteAsync(
                """{"error":{"code":"LUCID_ERR_4007","message":"Stop first.","details":{"reason":"busy"},"request_id":"r","timestamp":"t","service":"s","version":"v1"}}""");
        };
        var result = await Pipeline.ReadAsync("x", CancellationToken.None);
        Assert.False(result.IsSuccess);
        Assert.Equal(new ServiceError(409, "LUCID_ERR_4007", "Stop first.", "busy"), result.Error);
        Assert.Single(_service.Sidecar.Invocations);
    }

    [Theory]
    [InlineData(503, null, false, 1)]
    [InlineData(503, "0198c0de-0000-7000-8000-000000000002", false, 4)]
    [InlineData(503, null, true, 4)]
    [InlineData(502, null, true, 4)]
    [InlineData(504, null, true, 4)]
    [InlineData(500, null, true, 1)]
    [InlineData(429, null, true, 1)]
    public async Task Only_what_may_be_repeated_is_repeated(int status, string? key, bool read, int calls)
    {
        _service.Sidecar.OnInvoke = (_, context) =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };
        var result = read ? await Pipeline.ReadAsync("x", CancellationToken.None) : await Pipeline.StartAsync("x", key, CancellationToken.None);
        Assert.Equal(status, result.Error!.Status);
        Assert.Equal(calls, _service.Sidecar.Invocations.Count);
    }

    [Fact]
    public async Task A_sidecar_that_is_gone_is_a_transient_error()
    {
        await _service.Sidecar.DisposeAsync();
        var result = await Pipeline.StartAsync("x", null, CancellationToken.None);
        Assert.Equal(503, result.Error!.Status);
        Assert.True(result.Error.IsTransient);
    }

    [Fact]
    public async Task The_users_token_is_passed_on_where_the_client_asks_for_it()
    {
        _service.Sidecar.OnInvoke = (_, context) => context.Response.WriteAsync("""{"state":"x"}""");
        var current = _service.Services.GetRequiredService<IHttpContextAccessor>();
        current.HttpContext = new DefaultHttpContext();
        current.HttpContext.Request.Headers.Authorization = "Bearer abc";
        await Pipeline.ReadAsync("x", CancellationToken.None);
        Assert.Equal("Bearer abc", _service.Sidecar.Invocations.Single().Headers["Authorization"]);
    }

    [Fact]
    public void An_error_keeps_its_status_and_code_when_passed_on()
    {
        var result = Assert.IsAssignableFrom<IStatusCodeHttpResult>(new ServiceError(409, "LUCID_ERR_4007", "m").ToResult());
        Assert.Equal((int)HttpStatusCode.Conflict, result.StatusCode);
    }
}
