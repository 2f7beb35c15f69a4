using Lucid.Sidecar.PubSub;

namespace Lucid.Sidecar.Tests.PubSub;

public sealed class TopicRulesTests
{
    [Theory]
    [InlineData("free", true, "an app that is not listed may use what is not protected")]
    [InlineData("guarded", false, "a protected topic needs a scope entry")]
    [InlineData("outside", false, "outside allowedTopics nobody")]
    public void An_app_that_is_not_listed(string topic, bool may, string because)
    {
        var rules = Read("stranger");
        Assert.True(may == rules.MayPublish(topic), because);
    }

    [Theory]
    [InlineData("guarded", true)]
    [InlineData("free", false)]
    [InlineData("outside", false)]
    public void A_listed_app_has_exactly_its_topics(string topic, bool may) => Assert.Equal(may, Read("listed").MayPublish(topic));

    [Fact]
    public void An_empty_scope_blocks_the_app() => Assert.False(Read("blocked").MayPublish("free"));

    [Fact]
    public void Publishing_and_subscribing_have_scopes_of_their_own()
    {
        Assert.True(Read("reader").MaySubscribe("guarded"));
        Assert.False(Read("reader").MayPublish("guarded"));
        Assert.False(Read("listed").MaySubscribe("guarded"));
    }

    private static TopicRules Read(string app) => TopicRules.Read(
        TestSidecar.Definition("pubsub.test", new()
        {
            ["ALLOWEDTOPICS"] = " free , guarded ",
            ["protectedTopics"] = "guarded",
            ["publishingScopes"] = "listed = guarded, outside ; blocked=",
            ["subscriptionScopes"] = "reader=guarded",
        }),
        app);
}
