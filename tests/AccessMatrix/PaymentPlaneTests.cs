using System.Net;
using Lucid.Contracts;
using Lucid.Contracts.Services;

namespace Lucid.AccessMatrix;

/// <summary>The ways into the payment plane beside plain invocation (each is named in the contract of the runtime).</summary>
public class PaymentPlaneTests(Plane plane) : IClassFixture<Plane>
{
    private static readonly IReadOnlyList<ServiceDescription> Payments = [.. ServiceTable.All.Where(service => service.Namespace == Namespaces.Wallet)];

    public static TheoryData<string> Outsiders => [.. ServiceTable.All.Where(service => service.Namespace != Namespaces.Wallet).Select(service => service.AppId)];

    public static TheoryData<string> Insiders => [.. Payments.Select(service => service.AppId)];

    [Theory]
    [MemberData(nameof(Insiders))]
    public async Task A_payment_sidecar_offers_no_actors_workflows_bindings_jobs_or_shutdown(string insider)
    {
        foreach (var (verb, target) in ((string, string)[])
        [
            ("PUT", "/v1.0/actors/Any/1/method/Do"), ("GET", "/v1.0/actors/Any/1/state/key"), ("PUT", "/v1.0/actors/Any/1/reminders/r"),
            ("POST", "/v1.0/workflows/dapr/any/start"), ("POST", "/v1.0/bindings/any"), ("POST", "/v1.0/jobs/any"), ("POST", "/v1.0/shutdown"),
        ])
        {
            var answer = await plane.SendAsync(plane.HttpPort(insider), verb, target, [(LucidHeaders.DaprApiToken, Plane.ApiToken(insider))], "{}");
            Assert.True(answer.Status == HttpStatusCode.NotFound && answer.Body.Contains("ERR_DIRECT_INVOKE", StringComparison.Ordinal), $"{verb} {target}: {answer}");
        }
    }

    /// <summary>Actor calls are not under access control: what keeps them out is the namespace, and that no other app's sidecar offers actors at all.</summary>
    [Theory]
    [MemberData(nameof(Outsiders))]
    public async Task No_actor_of_a_payment_app_is_found_from_outside(string outsider)
    {
        var before = plane.ReachedCount;
        foreach (var payment in Payments)
        {
            var answer = await CallActorAsync(outsider, payment.AppId);
            Assert.Equal(HttpStatusCode.NotFound, answer.Status);
            Assert.Contains(ServiceTable.Get(outsider).HostsActors ? "ERR_ACTOR_NO_ADDRESS" : "ERR_DIRECT_INVOKE", answer.Body, StringComparison.Ordinal);
        }

        Assert.Equal(before, plane.ReachedCount);
    }

    /// <summary>The calls above fail because of who is called, not of how.</summary>
    [Fact]
    public async Task An_actor_of_the_main_plane_is_found_from_there() =>
        Assert.Equal("/actors/{p0}/{p1}/method/{p2}", (await CallActorAsync(AppIds.RdpManager, AppIds.SessionPipeline)).Reached);

    [Fact]
    public void Only_the_door_sees_both_brokers()
    {
        var both = Contracts.Events.TopicTable.All
            .SelectMany(rule => rule.Publishers.Concat(rule.Subscribers).Select(app => (app, rule.Component)))
            .Distinct().GroupBy(use => use.app).Where(uses => uses.Count() > 1).Select(uses => uses.Key);
        Assert.Equal([AppIds.PaymentGateway], both);
    }

    private Task<Answer> CallActorAsync(string caller, string type) =>
        plane.SendAsync(plane.HttpPort(caller), "PUT", $"/v1.0/actors/{type}/1/method/Do", [(LucidHeaders.DaprApiToken, Plane.ApiToken(caller))], "{}");
}
