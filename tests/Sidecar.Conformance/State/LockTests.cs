using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;
using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Conformance.Worlds;

namespace Lucid.Sidecar.Conformance.State;

/// <summary>Statements 182 to 184. A <c>daprd</c> is given a Redis for its locks by the environment variable <c>CONFORMANCE_REDIS</c>; the embedded runtime has a store of its own.</summary>
public sealed class LockTests : IAsyncLifetime
{
    private readonly World world = new();
    private SidecarSpec sidecar = new("lock-app");

    public async ValueTask InitializeAsync()
    {
        await world.InitializeAsync();
        if (Environment.GetEnvironmentVariable("CONFORMANCE_REDIS") is { Length: > 0 } redis)
        {
            world.Folder.Add("locks", "lock.redis", metadata: [("redisHost", redis)]);
        }
        else
        {
            world.Folder.Add("locks", "lock.in-memory");
        }

        sidecar = await world.SidecarAsync(sidecar);
    }

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task S182_a_second_owner_does_not_get_the_lock()
    {
        await (await LockAsync("r182", "one")).IsAsync(200, """{"success":true}""");
        await (await LockAsync("r182", "two")).IsAsync(200, """{"success":false}""");
        await (await LockAsync("another", "two")).IsAsync(200, """{"success":true}""");
        using var channel = world.Channel(sidecar);
        var client = new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(channel);
        Assert.False((await client.TryLockAlpha1Async(new TryLockRequest { StoreName = "locks", ResourceId = "r182", LockOwner = "two", ExpiryInSeconds = 60 })).Success);
        Assert.Equal(UnlockResponse.Types.Status.Success, (await client.UnlockAlpha1Async(new UnlockRequest { StoreName = "locks", ResourceId = "r182", LockOwner = "one" })).Status);
        await (await LockAsync("r182", "two")).IsAsync(200, """{"success":true}""");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task S183_a_lock_without_expiry_is_refused(int expiry)
    {
        await (await LockAsync("r183", "one", expiry)).IsRefusedAsync(400, "ERR_MALFORMED_REQUEST");
        using var channel = world.Channel(sidecar);
        var client = new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(channel);
        await client.TryLockAlpha1Async(new TryLockRequest { StoreName = "locks", ResourceId = "r183", LockOwner = "one", ExpiryInSeconds = expiry }).IsRefusedAsync(StatusCode.InvalidArgument);
    }

    [Fact]
    public async Task S184_only_its_owner_unlocks_a_lock_and_an_absent_one_is_told()
    {
        await (await LockAsync("r184", "one")).IsAsync(200, """{"success":true}""");
        await (await UnlockAsync("r184", "two")).IsAsync(200, """{"status":2}""");
        await (await UnlockAsync("absent", "one")).IsAsync(200, """{"status":1}""");
        await (await UnlockAsync("r184", "one")).IsAsync(200, """{"status":0}""");
        await (await UnlockAsync("r184", "one")).IsAsync(200, """{"status":1}""");
    }

    private Task<HttpResponseMessage> LockAsync(string resource, string owner, int expiry = 60) => world.PostAsync(
        sidecar, "/v1.0-alpha1/lock/locks", $$"""{"resourceId":"{{resource}}","lockOwner":"{{owner}}","expiryInSeconds":{{expiry}} }""");

    private Task<HttpResponseMessage> UnlockAsync(string resource, string owner) =>
        world.PostAsync(sidecar, "/v1.0-alpha1/unlock/locks", $$"""{"resourceId":"{{resource}}","lockOwner":"{{owner}}"}""");
}
