using Lucid.Contracts.Access;
using Lucid.Contracts.Events;
using Lucid.Contracts.Services;

namespace Lucid.Contracts.Tests;

public class ServiceTableTests
{
    [Fact]
    public void No_two_services_of_one_host_take_the_same_port()
    {
        int[] alsoTaken = [8081, 8096, 8299];
        var ports = ServiceTable.All.SelectMany(service => new[]
        {
            service.HostPort, service.DaprHttpPort, service.DaprGrpcPort, service.DaprMetricsPort, service.DaprInternalGrpcPort, service.SidecarFacingPort ?? 0,
        }).Where(port => port != 0).Concat(alsoTaken).ToList();
        Assert.Equal(ports.Count, ports.Distinct().Count());
        Assert.DoesNotContain(ports, port => port is >= 13389 and <= 14389 or 27017 or 6379 or 9200 or > 32767);
    }

    [Fact]
    public void Payment_services_and_only_they_live_in_the_wallet_namespace() =>
        Assert.All(ServiceTable.All, service => Assert.Equal(service.Cluster == 7, service.Namespace == Namespaces.Wallet));

    [Fact]
    public void An_id_of_the_other_namespace_is_written_with_it()
    {
        Assert.Equal("lucid-payment-gateway.lucid-wallet", AppId.From(AppIds.ApiGateway, AppIds.PaymentGateway));
        Assert.Equal("lucid-auth-service.lucid", AppId.From(AppIds.PaymentGateway, AppIds.AuthService));
        Assert.Equal(AppIds.SessionApi, AppId.From(AppIds.ApiGateway, AppIds.SessionApi));
    }

    [Fact]
    public void Every_rule_and_topic_names_apps_of_the_table()
    {
        Assert.All(AllowMatrix.All.SelectMany(rule => new[] { rule.Caller, rule.Callee }), app => Assert.NotNull(ServiceTable.Find(app)));
        Assert.All(TopicTable.All.SelectMany(topic => topic.Publishers.Concat(topic.Subscribers)), app => Assert.NotNull(ServiceTable.Find(app)));
    }

    [Fact]
    public void The_public_edge_leads_to_no_internal_route_but_administrators_with_a_fresh_factor_to_the_money() =>
        Assert.All(
            PublicRouteTable.All.Where(route => route.Target.StartsWith("/internal/", StringComparison.Ordinal)),
            route => Assert.True(
                route is { App: AppIds.PaymentGateway, StepUp: true, Access: RouteAccess.Admin or RouteAccess.SuperAdmin }
                && route.Path.StartsWith("/api/v1/admin/payments/", StringComparison.Ordinal)));

    [Fact]
    public void No_public_route_stands_twice() =>
        Assert.Equal(PublicRouteTable.All.Count, PublicRouteTable.All.DistinctBy(route => (route.Verb, route.Path)).Count());

    [Fact]
    public void Nested_operations_become_one_with_the_verbs_of_both()
    {
        var operations = SidecarPolicy.Operations(AppIds.ApiGateway, AppIds.AuthService);
        var sessions = Assert.Single(operations, operation => operation.Name == "/auth/sessions");
        Assert.Equal(["DELETE", "GET", "POST"], sessions.Verbs);
        Assert.DoesNotContain(operations, operation => operation.Name == "/auth/sessions/terminate-all");
    }

    [Fact]
    public void The_second_wall_decides_where_the_sidecar_opens_more_than_the_template()
    {
        AllowRule Rule(string caller, string verb, string template) => AllowMatrix.All.Single(rule => rule.Caller == caller && rule.Verb == verb && rule.Template == template);
        Assert.Equal(Wall.Second, SidecarPolicy.DecidedBy(Rule(AppIds.ChunkProcessor, "PUT", Routes.Storage.Chunk)));
        Assert.Equal(Wall.Sidecar, SidecarPolicy.DecidedBy(Rule(AppIds.AdminInterface, "POST", Routes.Engine.Pause)));
    }
}
