using System.Net;
using Lucid.AuthService.Tests.Support;
using Lucid.Wallets;

namespace Lucid.AuthService.Tests;

/// <summary>The real actor client and runtime of the SDK: registration, serialisation, and the wall in front of the actor routes.</summary>
public sealed class ActorRuntimeTests
{
    [Fact]
    public async Task A_session_is_refreshed_stepped_up_and_ended_through_the_actor_runtime()
    {
        await using var relay = await ActorRelay.StartAsync(AuthHost.AppToken);
        await using var host = await AuthHost.StartAsync(null, null, $"--DAPR_HTTP_ENDPOINT={relay.Address}");
        relay.Target = host.Address;
        using var wallet = WalletKey.Generate();

        var login = await host.LoginAsync(wallet);
        var next = await host.RefreshAsync(login.RefreshToken!);
        Assert.Equal(login.SessionId, next.SessionId);
        Assert.Equal(login.User.UserId, next.User.UserId);
        Assert.Equal(HttpStatusCode.OK, (await host.TryStepUpAsync(wallet, next.AccessToken)).StatusCode);
        using var http = host.Client(next.AccessToken);
        Assert.Equal(HttpStatusCode.NoContent, (await http.PostAsync("/auth/logout", null)).StatusCode);
        await (await host.TryRefreshAsync(next.RefreshToken!)).AssertErrorAsync(HttpStatusCode.Unauthorized, "2010");
        Assert.Equal(4, relay.Calls);
    }

    [Fact]
    public async Task Another_app_cannot_call_the_actor()
    {
        await using var host = await AuthHost.StartAsync();
        using var http = host.Client();
        await (await http.PutAsync("/actors/RefreshFamilyActor/x/method/RevokeAsync", null)).AssertErrorAsync(HttpStatusCode.Forbidden, "2004", "sidecar_only");
    }
}
