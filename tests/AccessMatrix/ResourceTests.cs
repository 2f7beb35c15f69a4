using System.Net;
using System.Text.Json.Nodes;
using Lucid.Contracts;
using Lucid.Contracts.Events;
using Lucid.Contracts.Services;

namespace Lucid.AccessMatrix;

/// <summary>Topics, state and secrets: what an app gets from its own sidecar.</summary>
public class ResourceTests(Plane plane) : IClassFixture<Plane>
{
    public static TheoryData<string> Apps => [.. Plane.AppIds];

    [Theory]
    [MemberData(nameof(Apps))]
    public async Task An_app_publishes_to_its_topics_and_to_no_other(string app)
    {
        foreach (var rule in TopicTable.All)
        {
            foreach (var broker in StandIn.Brokers)
            {
                // Who subscribes may lay aside what it cannot use.
                var mayPublish = broker == rule.Component && rule.Publishers.Contains(app);
                var mayBury = broker == rule.Component && rule.Subscribers.Contains(app);
                Assert.Equal(mayPublish, await PublishesAsync(app, broker, rule.Topic));
                Assert.Equal(mayBury, await PublishesAsync(app, broker, Topics.DeadLetter(rule.Topic)));
            }
        }

        Assert.False(await PublishesAsync(app, ComponentNames.PubSub, "lucid.unlisted"));
        Assert.False(await PublishesAsync(app, ComponentNames.WalletPubSub, "wallet.unlisted"));
    }

    [Theory]
    [MemberData(nameof(Apps))]
    public async Task An_app_is_subscribed_to_its_topics_and_to_no_other(string app)
    {
        var metadata = JsonNode.Parse((await SidecarAsync(app, "GET", "/v1.0/metadata")).Body)!;
        Assert.Equal(
            TopicTable.All.Where(rule => rule.Subscribers.Contains(app)).Select(rule => $"{rule.Component}/{rule.Topic}").Order(StringComparer.Ordinal),
            (metadata["subscriptions"]?.AsArray() ?? []).Select(subscription => $"{subscription!["pubsubname"]}/{subscription["topic"]}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Apps))]
    public async Task An_app_has_the_state_store_of_its_cluster_and_no_other(string app)
    {
        foreach (var store in ServiceTable.All.Select(service => service.StateStore).Distinct())
        {
            var answer = await SidecarAsync(app, "GET", $"/v1.0/state/{store}/key");
            Assert.True(answer.Status == (ServiceTable.Get(app).StateStore == store ? HttpStatusCode.NoContent : HttpStatusCode.BadRequest), $"{app} {store}: {answer}");
        }
    }

    [Theory]
    [MemberData(nameof(Apps))]
    public async Task An_app_is_handed_its_own_secrets_and_no_other(string app)
    {
        foreach (var secret in SecretTable.All)
        {
            var answer = await SidecarAsync(app, "GET", $"/v1.0/secrets/{secret.Store}/{secret.Name}");
            Assert.True(secret.Readers.Contains(app) == (answer.Status == HttpStatusCode.OK), $"{app} {secret.Name}: {answer}");
            Assert.True(secret.Readers.Contains(app) || answer.Status is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized, $"{app} {secret.Name}: {answer}");
        }

        foreach (var store in (string[])[ComponentNames.Secrets, ComponentNames.WalletSecrets])
        {
            var all = await SidecarAsync(app, "GET", $"/v1.0/secrets/{store}/bulk");
            Assert.All(SecretTable.All.Where(secret => !secret.Readers.Contains(app)), secret => Assert.DoesNotContain($"value of {secret.Name}", all.Body, StringComparison.Ordinal));
            Assert.DoesNotContain("value of wallet-key", all.Body, StringComparison.Ordinal);
        }
    }

    private async Task<bool> PublishesAsync(string app, string broker, string topic)
    {
        var answer = await SidecarAsync(app, "POST", $"/v1.0/publish/{broker}/{topic}", "{}");
        Assert.Contains(answer.Status, (HttpStatusCode[])[HttpStatusCode.NoContent, HttpStatusCode.Forbidden, HttpStatusCode.NotFound]);
        return answer.Status == HttpStatusCode.NoContent;
    }

    private Task<Answer> SidecarAsync(string app, string verb, string target, string? json = null) =>
        plane.SendAsync(plane.HttpPort(app), verb, target, [(LucidHeaders.DaprApiToken, Plane.ApiToken(app))], json);
}
