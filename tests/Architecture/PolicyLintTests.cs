using Lucid.Contracts.Access;
using YamlDotNet.Serialization;

namespace Lucid.Architecture;

/// <summary>Policies under dapr/ must not depend on the oddities of the runtime's matching: exact names, verbs given and in upper case, no operation a prefix of another.</summary>
public class PolicyLintTests
{
    public static TheoryData<string> Configurations =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "dapr/config"), "*.yaml").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Policies_do_not_depend_on_oddities_of_the_match(string file)
    {
        var document = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(File.ReadAllText(Path.Combine(Repository.Root, "dapr/config", file)));
        var spec = (Dictionary<object, object>)document["spec"];
        var accessControl = (Dictionary<object, object>)spec["accessControl"];
        Assert.Equal("deny", accessControl["defaultAction"]);
        foreach (var policy in ((List<object>)accessControl["policies"]).Cast<Dictionary<object, object>>())
        {
            Assert.Equal("deny", policy["defaultAction"]);
            Assert.All((string[])["appId", "trustDomain", "namespace"], field => Assert.NotEqual("", policy[field]));
            var names = new List<string>();
            foreach (var operation in ((List<object>)policy["operations"]).Cast<Dictionary<object, object>>())
            {
                var name = (string)operation["name"];
                Assert.StartsWith("/", name, StringComparison.Ordinal);
                Assert.DoesNotContain("*", name, StringComparison.Ordinal);
                Assert.Equal(name.ToLowerInvariant(), name);
                var verbs = ((List<object>)operation["httpVerb"]).Cast<string>().ToList();
                Assert.NotEmpty(verbs);
                Assert.All(verbs, verb => Assert.Equal(verb.ToUpperInvariant(), verb));
                Assert.DoesNotContain("*", verbs);
                names.Add(name);
            }

            Assert.All(names, name => Assert.DoesNotContain(names, other => other != name && other.StartsWith(name + "/", StringComparison.Ordinal)));
            Assert.Equal(names.Count, names.Distinct().Count());
        }
    }

    [Fact]
    public void No_app_outside_payments_may_invoke_a_payment_app_but_the_gateway_its_door()
    {
        var wallet = Lucid.Contracts.Services.ServiceTable.All.Where(service => service.Namespace == Lucid.Contracts.Services.Namespaces.Wallet).Select(service => service.AppId).ToHashSet();
        var crossing = AllowMatrix.All.Where(rule => wallet.Contains(rule.Callee) && !wallet.Contains(rule.Caller));
        Assert.All(crossing, rule =>
        {
            Assert.Equal(Lucid.Contracts.Services.AppIds.PaymentGateway, rule.Callee);
            Assert.Equal(Lucid.Contracts.Services.AppIds.ApiGateway, rule.Caller);
        });
    }
}
