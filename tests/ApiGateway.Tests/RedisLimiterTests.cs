using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Lucid.ApiGateway.Limits;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Lucid.ApiGateway.Tests;

/// <summary>The script against a real redis-server on a free port, started and ended here.</summary>
[Trait("Needs", "Program")]
public sealed class RedisLimiterTests : IAsyncLifetime
{
    private Process? _server;
    private ConfigurationOptions _address = null!;

    public async ValueTask InitializeAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        _address = LimitExtensions.RedisAddress($"redis://127.0.0.1:{port}");
        try
        {
            _server = Process.Start(new ProcessStartInfo("redis-server", $"--port {port} --bind 127.0.0.1 --save \"\" --appendonly no") { RedirectStandardOutput = true })!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("redis-server is not installed (Debian package redis-server)");
        }

        while (await _server.StandardOutput.ReadLineAsync() is { } line && !line.Contains("Ready to accept", StringComparison.Ordinal))
        {
        }

        _ = _server.StandardOutput.ReadToEndAsync();
    }

    public ValueTask DisposeAsync()
    {
        if (_server is { HasExited: false })
        {
            _server.Kill();
        }

        _server?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Two_instances_share_one_limit_and_one_deny_list()
    {
        await using var one = await ConnectionMultiplexer.ConnectAsync(_address);
        await using var two = await ConnectionMultiplexer.ConnectAsync(_address);
        RedisRateLimiter[] instances = [Limiter(one), Limiter(two)];
        var question = new RateQuestion([new RateCharge(new RateRule("r", 30), "k")], ["sid:s"]);
        var decisions = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => instances[i % 2].DecideAsync(question, default).AsTask()));
        Assert.Equal(30, decisions.Count(decision => decision.Refusal is null));
        Assert.All(decisions.Where(decision => decision.Refusal is not null), decision => Assert.InRange(decision.Refusal!.State.Wait.TotalSeconds, 50, 60));

        await instances[0].DenyAsync("sid:s", DateTimeOffset.UtcNow.AddMinutes(1), default);
        Assert.True((await instances[1].DecideAsync(question, default)).IsDenied);
        await instances[0].DenyAsync("sid:s", DateTimeOffset.UtcNow.AddMinutes(-1), default);
        Assert.False((await instances[1].DecideAsync(question, default)).IsDenied);
    }

    [Fact]
    public async Task A_block_and_a_question_without_cost_work_as_in_the_process()
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(_address);
        var limiter = Limiter(redis);
        var rule = new RateRule("login", 1, TimeSpan.FromSeconds(300));
        Assert.Null((await limiter.DecideAsync(new RateQuestion([new RateCharge(rule, "k", 0)], []), default)).Refusal);
        Assert.Null((await limiter.DecideAsync(new RateQuestion([new RateCharge(rule, "k")], []), default)).Refusal);
        var refusal = (await limiter.DecideAsync(new RateQuestion([new RateCharge(rule, "k")], []), default)).Refusal!;
        Assert.True(refusal.IsBlock);
        Assert.InRange(refusal.State.Wait.TotalSeconds, 290, 300);
    }

    [Fact]
    public async Task Without_redis_limits_and_denials_hold_in_the_process()
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(_address);
        var limiter = Limiter(redis);
        await limiter.DenyAsync("sid:s", DateTimeOffset.UtcNow.AddMinutes(1), default);
        _server!.Kill();
        await _server.WaitForExitAsync();
        var question = new RateQuestion([new RateCharge(new RateRule("r", 1), "k")], []);
        Assert.Null((await limiter.DecideAsync(question, default)).Refusal);
        Assert.NotNull((await limiter.DecideAsync(question, default)).Refusal);
        Assert.True((await limiter.DecideAsync(question with { Subjects = ["sid:s"] }, default)).IsDenied);
    }

    private static RedisRateLimiter Limiter(IConnectionMultiplexer redis) =>
        new(redis, new SlidingWindowLimiter(TimeProvider.System), TimeProvider.System, NullLogger<RedisRateLimiter>.Instance);
}
