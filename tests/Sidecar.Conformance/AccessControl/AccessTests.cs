using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Lucid.Sidecar.Conformance.Apps;
using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Conformance.Worlds;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Lucid.Sidecar.Conformance.AccessControl;

/// <summary>Statements 131 to 156, but 155, which is with the actors. Against daprd these need its sentry.</summary>
public sealed class AccessTests(AccessWorld world) : IClassFixture<AccessWorld>
{
    [Fact]
    public async Task S131_without_rules_everything_is_allowed()
    {
        await world.CalleeAsync("c131", "");
        Assert.Equal(200, await world.CallAsync(world.Bob, "c131", "s131"));
    }

    [Fact]
    public async Task S132_a_caller_without_policy_meets_the_default()
    {
        await world.CalleeAsync("c132", AccessWorld.ForAlice("deny", "name: /s132, httpVerb: ['*'], action: allow"));
        Assert.Equal(403, await world.CallAsync(world.Bob, "c132", "s132"));
    }

    [Fact]
    public async Task S133_an_allowed_operation_reaches_the_app()
    {
        await world.CalleeAsync("c133", AccessWorld.ForAlice("deny", "name: /s133, httpVerb: ['GET'], action: allow"));
        Assert.Equal(200, await world.CallAsync(world.Alice, "c133", "s133"));
        Assert.Single(world.App.At("/s133"));
    }

    [Fact]
    public async Task S134_another_verb_is_denied()
    {
        await world.CalleeAsync("c134", AccessWorld.ForAlice("deny", "name: /s134, httpVerb: ['GET'], action: allow"));
        Assert.Equal(403, await world.CallAsync(world.Alice, "c134", "s134", "POST"));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task S135_a_star_stands_for_any_verb(string verb)
    {
        await world.CalleeAsync($"c135-{verb}".ToLowerInvariant(), AccessWorld.ForAlice("deny", "name: /s135, httpVerb: ['*'], action: allow"));
        Assert.Equal(200, await world.CallAsync(world.Alice, $"c135-{verb}".ToLowerInvariant(), "s135", verb));
    }

    [Theory]
    [InlineData("allow", "deny", 200)]
    [InlineData("deny", "allow", 403)]
    public async Task S136_a_rule_without_verbs_leaves_the_decision_to_the_policy(string policyDefault, string action, int status)
    {
        await world.CalleeAsync($"c136-{policyDefault}", AccessWorld.ForAlice(policyDefault, $"name: /s136, action: {action}"));
        Assert.Equal(status, await world.CallAsync(world.Alice, $"c136-{policyDefault}", "s136"));
    }

    [Fact]
    public async Task S137_a_verb_in_small_letters_fits_no_call()
    {
        await world.CalleeAsync("c137", AccessWorld.ForAlice("deny", "name: /s137, httpVerb: ['get'], action: allow"));
        Assert.Equal(403, await world.CallAsync(world.Alice, "c137", "s137"));
    }

    [Fact]
    public async Task S138_operations_are_compared_without_case_for_HTTP_and_with_it_for_grpc()
    {
        await world.CalleeAsync("c138", AccessWorld.ForAlice("deny", "name: /S138, httpVerb: ['GET'], action: allow"));
        Assert.Equal(200, await world.CallAsync(world.Alice, "c138", "s138"));
        await world.GrpcCalleeAsync("c138-grpc", AccessWorld.ForAlice("deny", "name: /lucid.echo/Case, action: allow"));
        await Proxy(world.Alice, "c138-grpc", "lucid.Echo", "Case").IsRefusedAsync(StatusCode.PermissionDenied);
        Assert.Equal([1], await Proxy(world.Alice, "c138-grpc", "lucid.echo", "Case"));
    }

    [Fact]
    public async Task S139_a_rule_covers_the_paths_below_it()
    {
        await world.CalleeAsync("c139", AccessWorld.ForAlice("deny", "name: /s139, httpVerb: ['GET'], action: allow"));
        Assert.Equal(
            (200, 200, 403),
            (await world.CallAsync(world.Alice, "c139", "s139/1"), await world.CallAsync(world.Alice, "c139", "s139/1/2"), await world.CallAsync(world.Alice, "c139", "s139x")));
    }

    [Fact]
    public async Task S140_one_star_is_one_segment_and_its_bare_parent()
    {
        await world.CalleeAsync("c140", AccessWorld.ForAlice("deny", "name: /s140/*, httpVerb: ['GET'], action: allow"));
        Assert.Equal(
            (200, 200, 403),
            (await world.CallAsync(world.Alice, "c140", "s140"), await world.CallAsync(world.Alice, "c140", "s140/x"), await world.CallAsync(world.Alice, "c140", "s140/x/y")));
    }

    [Fact]
    public async Task S141_two_stars_are_all_below()
    {
        await world.CalleeAsync("c141", AccessWorld.ForAlice("deny", "name: /s141/**, httpVerb: ['GET'], action: allow"));
        Assert.Equal((200, 200), (await world.CallAsync(world.Alice, "c141", "s141/x"), await world.CallAsync(world.Alice, "c141", "s141/x/y/z")));
        Assert.Equal(403, await world.CallAsync(world.Alice, "c141", "other"));
    }

    [Fact]
    public async Task S142_a_star_in_the_middle_fits_nothing()
    {
        await world.CalleeAsync("c142", AccessWorld.ForAlice("deny", "name: /s142/*/b, httpVerb: ['GET'], action: allow"));
        Assert.Equal(403, await world.CallAsync(world.Alice, "c142", "s142/x/b"));
    }

    [Theory]
    [InlineData("allow", "deny", 200)]
    [InlineData("deny", "allow", 403)]
    public async Task S143_of_rules_that_fit_the_first_in_the_file_decides(string first, string second, int status)
    {
        await world.CalleeAsync(
            $"c143-{first}", AccessWorld.ForAlice("deny", $"name: /s143*, httpVerb: ['GET'], action: {first}", $"name: /s143-exact, httpVerb: ['GET'], action: {second}"));
        Assert.Equal(status, await world.CallAsync(world.Alice, $"c143-{first}", "s143-exact"));
    }

    [Theory]
    [InlineData("allow", 200)]
    [InlineData("deny", 403)]
    public async Task S144_a_policy_for_another_namespace_leaves_it_to_the_default(string global, int status)
    {
        await world.CalleeAsync($"c144-{global}", AccessWorld.Policy(global, "alice", "public", "elsewhere", Opposite(global)));
        Assert.Equal(status, await world.CallAsync(world.Alice, $"c144-{global}", "s144"));
    }

    [Theory]
    [InlineData("allow", 200)]
    [InlineData("deny", 403)]
    public async Task S145_a_policy_for_another_trust_domain_leaves_it_to_the_default(string global, int status)
    {
        await world.CalleeAsync($"c145-{global}", AccessWorld.Policy(global, "alice", "private", "land", Opposite(global)));
        Assert.Equal(status, await world.CallAsync(world.Alice, $"c145-{global}", "s145"));
    }

    [Theory]
    [InlineData("appId")]
    [InlineData("trustDomain")]
    [InlineData("namespace")]
    public async Task S146_a_policy_must_say_whom_it_is_for(string missing)
    {
        var rules = AccessWorld.ForAlice("allow").Split('\n').Select(line => line.Contains($"{missing}: ", StringComparison.Ordinal) && line.StartsWith("    ", StringComparison.Ordinal)
            ? line[..line.IndexOf(':', StringComparison.Ordinal)] + ": ''"
            : line);
        await Assert.ThrowsAnyAsync<Exception>(() => world.CalleeAsync("c146-" + missing.ToLowerInvariant(), string.Join('\n', rules)));
        Assert.Equal(500, await world.CallAsync(world.Alice, "c146-" + missing.ToLowerInvariant(), "s146"));
    }

    [Fact]
    public async Task S147_without_identities_a_denying_default_shuts_everybody_out()
    {
        await world.CalleeAsync("c147", AccessWorld.Policy("deny", "nobody", "public", "land", "allow") + Unauthenticated);
        var nobody = await world.SidecarAsync(AccessWorld.Spec("nobody") with { Configuration = world.Configuration(Unauthenticated.Trim()) });
        Assert.Equal(403, await world.CallAsync(nobody, "c147", "s147"));
    }

    [Fact]
    public async Task S148_without_identities_an_allowing_default_lets_everybody_in()
    {
        await world.CalleeAsync("c148", AccessWorld.Policy("allow", "noone", "public", "land", "deny") + Unauthenticated);
        var noone = await world.SidecarAsync(AccessWorld.Spec("noone") with { Configuration = world.Configuration(Unauthenticated.Trim()) });
        Assert.Equal(200, await world.CallAsync(noone, "c148", "s148"));
    }

    [Fact]
    public async Task S149_a_call_to_oneself_is_not_judged()
    {
        var self = await world.CalleeAsync("c149", "accessControl:\n  defaultAction: deny");
        Assert.Equal(200, await world.CallAsync(self, "c149", "s149"));
        Assert.Equal(403, await world.CallAsync(world.Alice, "c149", "s149-other"));
    }

    [Fact]
    public async Task S150_what_is_judged_is_the_cleaned_path()
    {
        await world.CalleeAsync("c150", AccessWorld.ForAlice("deny", "name: /s150-allowed, httpVerb: ['GET'], action: allow"));
        Assert.Equal(200, await world.CallAsync(world.Alice, "c150", "s150-denied/../s150-allowed"));
        Assert.Equal("/s150-allowed", Assert.Single(world.App.At("/s150")).Path);
        Assert.Equal(403, await world.CallAsync(world.Alice, "c150", "s150-allowed/../s150-denied"));
    }

    [Fact]
    public async Task S151_what_is_judged_is_the_decoded_path()
    {
        await world.CalleeAsync("c151", AccessWorld.ForAlice("deny", "name: /s151-public, httpVerb: ['GET'], action: allow"));
        Assert.Equal(200, await world.CallAsync(world.Alice, "c151", "s151-admin%2F..%2Fs151-public"));
        Assert.Equal("/s151-public", Assert.Single(world.App.At("/s151")).Path);
        Assert.Equal(403, await world.CallAsync(world.Alice, "c151", "s151-public%2F..%2Fs151-admin"));
    }

    [Fact]
    public async Task S152_a_denial_over_grpc_has_its_code()
    {
        await world.GrpcCalleeAsync("c152-grpc", "accessControl:\n  defaultAction: deny");
        await Proxy(world.Alice, "c152-grpc", "lucid.Echo", "Denied").IsRefusedAsync(StatusCode.PermissionDenied);
        await world.CalleeAsync("c152", "accessControl:\n  defaultAction: deny");
        var legacy = new Proto.InvokeServiceRequest { Id = "c152", Message = new Proto.InvokeRequest { Method = "s152", Data = new Any(), HttpExtension = new Proto.HTTPExtension { Verb = Proto.HTTPExtension.Types.Verb.Get } } };
        await world.Rpc(world.Alice).InvokeServiceAsync(legacy).IsRefusedAsync(StatusCode.Internal);
        Assert.Empty(world.App.At("/s152"));
    }

    [Fact]
    public async Task S153_a_grpc_method_is_judged_by_its_whole_name()
    {
        await world.GrpcCalleeAsync("c153", AccessWorld.ForAlice("deny", "name: /lucid.Echo/Allowed, action: allow"));
        Assert.Equal([1], await Proxy(world.Alice, "c153", "lucid.Echo", "Allowed"));
        await Proxy(world.Alice, "c153", "lucid.Echo", "Other").IsRefusedAsync(StatusCode.PermissionDenied);
        await Proxy(world.Alice, "c153", "lucid.Other", "Allowed").IsRefusedAsync(StatusCode.PermissionDenied);
    }

    [Fact]
    public async Task S154_decisions_are_counted_at_the_callee()
    {
        var callee = await world.CalleeAsync("c154", AccessWorld.ForAlice("deny", "name: /s154, httpVerb: ['GET'], action: allow"));
        await world.CallAsync(world.Alice, "c154", "s154");
        await world.CallAsync(world.Alice, "c154", "s154-denied");
        await world.CallAsync(world.Bob, "c154", "s154");
        var metrics = await world.MetricsAsync(callee);
        Assert.Matches("dapr_runtime_acl_app_policy_action_allowed_total\\{[^}]*app_id=\"alice\"[^}]*\\} 1", metrics);
        Assert.Matches("dapr_runtime_acl_app_policy_action_blocked_total\\{[^}]*app_id=\"alice\"[^}]*\\} 1", metrics);
        Assert.Matches("dapr_runtime_acl_global_policy_action_blocked_total\\{[^}]*app_id=\"bob\"[^}]*\\} 1", metrics);
    }

    [Fact]
    public async Task S156_a_header_does_not_make_another_caller()
    {
        await world.CalleeAsync("c156", AccessWorld.ForAlice("deny", "name: /s156, httpVerb: ['GET'], action: allow"));
        Assert.Equal(403, await world.CallAsync(world.Bob, "c156", "s156", headers: [("dapr-caller-app-id", "alice"), ("dapr-caller-namespace", "land")]));
        Assert.Equal(200, await world.CallAsync(world.Alice, "c156", "s156"));
    }

    private const string Unauthenticated = "\nmtls:\n  enabled: false";

    private static string Opposite(string action) => action == "allow" ? "deny" : "allow";

    private AsyncUnaryCall<byte[]> Proxy(SidecarSpec from, string appId, string service, string method) => world.Channel(from).CreateCallInvoker().AsyncUnaryCall(
        GrpcEchoApp.Method(service, method), null, new CallOptions(new global::Grpc.Core.Metadata { { "dapr-app-id", appId } }), [1]);
}
