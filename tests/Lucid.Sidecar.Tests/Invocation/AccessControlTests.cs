using Lucid.Sidecar.Invocation;
using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.Tests.Invocation;

public sealed class AccessControlTests
{
    private static readonly SourceLocation Here = new("policy.yaml", 7);
    private static readonly CallerIdentity Caller = new("lucid.internal", "lucid", "caller");

    [Theory]
    [InlineData("/orders", "/orders", true)]
    [InlineData("orders", "/orders", true)]
    [InlineData("/orders", "/ORDERS", true)]
    [InlineData("/Orders", "/orders", true)]
    [InlineData("/orders", "/orders/1", true)]
    [InlineData("/orders", "/orders/1/2", true)]
    [InlineData("/orders", "/ordersx", false)]
    [InlineData("/orders/list", "/orders", false)]
    [InlineData("/a/*", "/a", true)]
    [InlineData("/a/*", "/a/x", true)]
    [InlineData("/a/*", "/a/x/y", false)]
    [InlineData("/a/**", "/a/x/y/z", true)]
    [InlineData("/a/**", "/a/x", true)]
    [InlineData("/a/**", "/a", true)]
    [InlineData("/a/*/b", "/a/x/b", false)]
    [InlineData("*", "/a", true)]
    [InlineData("*", "/a/b", false)]
    [InlineData("/ord*", "/orders", true)]
    [InlineData("/ord*", "/orders/1", true)]
    [InlineData("/ord*s", "/orders", true)]
    [InlineData("/ord*x", "/orders", false)]
    [InlineData("/", "/", true)]
    [InlineData("/", "/x", false)]
    public void An_operation_covers_these_paths_and_no_others(string operation, string path, bool covered)
    {
        var list = Build("deny", Policy("deny", Rule(operation, "allow", "GET")));

        Assert.Equal(covered, list.Decide(Caller, path, "GET", isHttp: true).Allowed);
    }

    [Theory]
    [InlineData("GET", "allow", "GET", true)]
    [InlineData("GET", "allow", "POST", false)]
    [InlineData("*", "allow", "PATCH", true)]
    [InlineData("get", "allow", "GET", false)]
    [InlineData("GET", "ALLOW", "GET", true)]
    [InlineData("GET", "alow", "GET", false)]
    [InlineData("GET", "", "GET", false)]
    [InlineData("GET", null, "GET", false)]
    [InlineData(null, "allow", "GET", false)]
    public void Verbs_are_exact_and_only_the_word_allow_opens(string? listed, string? action, string verb, bool allowed)
    {
        string[] verbs = listed is null ? [] : [listed];
        var list = Build("deny", Policy("deny", new AccessOperation("/a", verbs, action, Here)));

        Assert.Equal(allowed, list.Decide(Caller, "/a", verb, isHttp: true).Allowed);
    }

    [Theory]
    [InlineData("allow", true)]
    [InlineData("deny", false)]
    public void A_rule_without_verbs_leaves_an_http_app_to_the_policy(string policyDefault, bool allowed)
    {
        var opposite = allowed ? "deny" : "allow";
        var list = Build(opposite, Policy(policyDefault, new AccessOperation("/a", [], opposite, Here)));

        Assert.Equal(allowed, list.Decide(Caller, "/a", "GET", isHttp: true).Allowed);
    }

    [Fact]
    public void The_first_fitting_sibling_wins_though_a_later_one_is_exact()
    {
        var list = Build("deny", Policy("deny", Rule("/ord*", "deny", "GET"), Rule("/orders", "allow", "GET")));
        var turned = Build("deny", Policy("deny", Rule("/orders", "allow", "GET"), Rule("/ord*", "deny", "GET")));

        Assert.False(list.Decide(Caller, "/orders", "GET", true).Allowed);
        Assert.True(turned.Decide(Caller, "/orders", "GET", true).Allowed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_longer_rule_below_a_shorter_one_is_never_reached(bool shortFirst)
    {
        AccessOperation[] rules = [Rule("/a", "allow", "GET"), Rule("/a/b", "deny", "GET")];
        var list = Build("deny", Policy("deny", shortFirst ? rules : [.. rules.Reverse()]));

        Assert.True(list.Decide(Caller, "/a/b", "GET", true).Allowed);
    }

    [Fact]
    public void The_first_definition_of_a_name_is_kept()
    {
        var list = Build("deny", Policy("deny", Rule("/a", "deny", "GET"), Rule("/A", "allow", "GET")));

        Assert.False(list.Decide(Caller, "/a", "GET", true).Allowed);
    }

    [Fact]
    public void A_second_policy_for_the_same_app_and_namespace_replaces_the_first()
    {
        var list = Build("deny", Policy("deny", Rule("/a", "allow", "GET")), Policy("deny", Rule("/b", "allow", "GET")));

        Assert.False(list.Decide(Caller, "/a", "GET", true).Allowed);
        Assert.True(list.Decide(Caller, "/b", "GET", true).Allowed);
    }

    [Fact]
    public void Grpc_names_keep_their_case_are_matched_whole_and_need_no_verb()
    {
        var list = AccessControlList.Build(Specification("deny", Policy("deny", new AccessOperation("/pkg.Svc/M", [], "allow", Here))), appIsHttp: false)!;

        Assert.True(list.Decide(Caller, "/pkg.Svc/M", "", isHttp: false).Allowed);
        Assert.False(list.Decide(Caller, "/pkg.svc/M", "", isHttp: false).Allowed);
        Assert.False(list.Decide(Caller, "/pkg.Svc/Other", "", isHttp: false).Allowed);
    }

    public static TheoryData<CallerIdentity?> Strangers => [(CallerIdentity?)null, Caller with { Namespace = "other" }, Caller with { TrustDomain = "public" }, Caller with { AppId = "nobody" }];

    [Theory]
    [MemberData(nameof(Strangers))]
    public void Whoever_no_policy_names_gets_the_global_action(CallerIdentity? stranger)
    {
        var open = Build("allow", Policy("deny", Rule("/a", "deny", "GET")));
        var closed = Build("deny", Policy("allow", Rule("/a", "allow", "GET")));

        Assert.Equal(new AccessDecision(true, AccessLevel.Global), open.Decide(stranger, "/a", "GET", true));
        Assert.Equal(new AccessDecision(false, AccessLevel.Global), closed.Decide(stranger, "/a", "GET", true));
    }

    [Fact]
    public void A_policy_without_default_falls_back_to_the_global_action()
    {
        var list = Build("allow", Policy(null, Rule("/a", "deny", "GET")));

        Assert.False(list.Decide(Caller, "/a", "GET", true).Allowed);
        Assert.True(list.Decide(Caller, "/b", "GET", true).Allowed);
    }

    [Fact]
    public void Without_a_specification_there_is_no_list()
    {
        Assert.Null(AccessControlList.Build(null, true));
        Assert.Null(AccessControlList.Build(new AccessControlSpec(null, null, [], Here), true));
    }

    [Fact]
    public void Policies_without_a_global_action_deny()
    {
        Assert.False(Build(null, Policy("allow")).Decide(null, "/a", "GET", true).Allowed);
    }

    [Theory]
    [InlineData(null, "td", "ns", "appId")]
    [InlineData("app", "", "ns", "trustDomain")]
    [InlineData("app", "td", "", "namespace")]
    public void A_policy_that_names_nobody_is_refused_with_its_place(string? app, string? domain, string? ns, string field)
    {
        var policy = new AccessPolicy(app, domain, ns, "allow", [], Here);

        var error = Assert.Throws<ResourceException>(() => Build("deny", policy));

        Assert.Contains("policy.yaml:7", error.Message);
        Assert.Contains(field, error.Message);
    }

    [Theory]
    [InlineData("spiffe://lucid.internal/ns/lucid/caller", true)]
    [InlineData("spiffe://lucid.internal/ns/lucid", false)]
    [InlineData("https://lucid.internal/ns/lucid/caller", false)]
    [InlineData("", false)]
    public void Only_a_spiffe_id_of_the_right_form_is_an_identity(string text, bool valid)
    {
        Assert.Equal(valid ? Caller : null, CallerIdentity.Parse(text));
    }

    private static AccessControlList Build(string? defaultAction, params AccessPolicy[] policies) =>
        AccessControlList.Build(Specification(defaultAction, policies), appIsHttp: true)!;

    private static AccessControlSpec Specification(string? defaultAction, params AccessPolicy[] policies) =>
        new(defaultAction, "lucid.internal", policies, Here);

    private static AccessPolicy Policy(string? defaultAction, params AccessOperation[] operations) =>
        new("caller", "lucid.internal", "lucid", defaultAction, operations, Here);

    private static AccessOperation Rule(string name, string action, params string[] verbs) => new(name, verbs, action, Here);
}
