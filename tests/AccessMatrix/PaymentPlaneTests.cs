using System.Net;
using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;
using Grpc.Net.Client;
using Lucid.Contracts;
using Lucid.Contracts.Services;

namespace Lucid.AccessMatrix;

/// <summary>The ways into the payment plane beside plain invocation (each is named in the contract of the runtime).</summary>
public class PaymentPlaneTests(Plane plane) : IClassFixture<Plane>
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(bytes => bytes, bytes => bytes);
    private static readonly Method<byte[], byte[]> AnyMethod = new(MethodType.Unary, "pkg.Service", "Method", Bytes, Bytes);
    private static readonly IReadOnlyList<ServiceDescription> Payments = [.. ServiceTable.All.Where(service => service.Namespace == Namespaces.Wallet)];

    public static TheoryData<string> Outsiders => [.. ServiceTable.All.Where(service => service.Namespace != Namespaces.Wallet).Select(service => service.AppId)];

    public static TheoryData<string> Insiders => [.. Payments.Select(service => service.AppId)];

    [Theory]
    [MemberData(nameof(Outsiders))]
    public async Task No_gRPC_call_gets_in(string outsider)
    {
        var before = plane.ReachedCount;
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{plane.GrpcPort(outsider)}");
        var dapr = new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(channel);
        foreach (var payment in Payments)
        {
            foreach (var address in (string[])[payment.AppId, $"{payment.AppId}.{payment.Namespace}"])
            {
                foreach (var path in plane[payment.AppId].Templates.Select(StandIn.PathOf).Append("/unlisted"))
                {
                    var request = new InvokeServiceRequest
                    {
                        Id = address,
                        Message = new InvokeRequest { Method = path.TrimStart('/'), HttpExtension = new HTTPExtension { Verb = HTTPExtension.Types.Verb.Patch } }, // a verb that no rule lists
                    };
                    await Assert.ThrowsAsync<RpcException>(async () => await dapr.InvokeServiceAsync(request, Token(outsider)));
                }

                // The proxy: any method of any gRPC service.
                var metadata = Token(outsider);
                metadata.Add("dapr-app-id", address);
                await Assert.ThrowsAsync<RpcException>(async () => await channel.CreateCallInvoker().AsyncUnaryCall(AnyMethod, null, new CallOptions(metadata), []));
            }
        }

        Assert.Equal(before, plane.ReachedCount);
    }

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

    [Theory]
    [MemberData(nameof(Outsiders))]
    public async Task No_actor_call_gets_in(string outsider)
    {
        var before = plane.ReachedCount;
        foreach (var type in Insiders)
        {
            var answer = await plane.SendAsync(
                plane.HttpPort(outsider), "PUT", $"/v1.0/actors/{(string)type.Data}/1/method/Do", [(LucidHeaders.DaprApiToken, Plane.ApiToken(outsider))], "{}");
            Assert.False(answer.Status == HttpStatusCode.OK, $"{answer}");
        }

        Assert.Equal(before, plane.ReachedCount);
    }

    [Fact]
    public void Only_the_door_sees_both_brokers()
    {
        var both = Contracts.Events.TopicTable.All
            .SelectMany(rule => rule.Publishers.Concat(rule.Subscribers).Select(app => (app, rule.Component)))
            .Distinct().GroupBy(use => use.app).Where(uses => uses.Count() > 1).Select(uses => uses.Key);
        Assert.Equal([AppIds.PaymentGateway], both);
    }

    private static Metadata Token(string app) => new() { { LucidHeaders.DaprApiToken, Plane.ApiToken(app) } };
}
