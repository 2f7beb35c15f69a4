using Lucid.BlockchainEngine.Tests.Support;
using Lucid.SessionAnchoring.Domain;
using Microsoft.Extensions.Time.Testing;
using static Lucid.SessionAnchoring.Domain.AnchoringStatus;

namespace Lucid.SessionAnchoring.Tests;

public sealed class LifeCycleTests
{
    private static readonly Dictionary<(AnchoringStatus, AnchoringTrigger), AnchoringStatus> Expected = new()
    {
        [(Pending, AnchoringTrigger.Claimed)] = Processing,
        [(Pending, AnchoringTrigger.Confirmed)] = Confirmed,
        [(Pending, AnchoringTrigger.Refused)] = Failed,
        [(Pending, AnchoringTrigger.Aged)] = Expired,
        [(Processing, AnchoringTrigger.Confirmed)] = Confirmed,
        [(Processing, AnchoringTrigger.Refused)] = Failed,
        [(Processing, AnchoringTrigger.Aged)] = Expired,
        [(Failed, AnchoringTrigger.Aged)] = Expired,
        [(Failed, AnchoringTrigger.Retried)] = Pending,
        [(Failed, AnchoringTrigger.Confirmed)] = Confirmed,
        [(Expired, AnchoringTrigger.Retried)] = Pending,
        [(Expired, AnchoringTrigger.Confirmed)] = Confirmed,
    };

    [Fact]
    public void Every_state_takes_exactly_the_triggers_of_the_table()
    {
        foreach (var status in Enum.GetValues<AnchoringStatus>())
        {
            foreach (var trigger in Enum.GetValues<AnchoringTrigger>())
            {
                var anchoring = Anchoring.Requested(Guid.Empty, TestChain.EntryOf(1), TestChain.Start) with { Status = status };
                Assert.Equal(Expected.TryGetValue((status, trigger), out var next) ? next : null, anchoring.On(trigger)?.Status);
            }
        }
    }

    [Fact]
    public void Attempts_come_three_times_soon_and_then_once_a_minute() =>
        Assert.Equal([5, 10, 20, 60, 60, 60, 60], Enumerable.Range(1, 7).Select(n => (int)RetryPlan.DelayAfter(n).TotalSeconds));

    [Fact]
    public void The_nonce_follows_from_the_anchoring_and_differs_between_anchorings()
    {
        var (one, two) = (TestChain.SessionOf(1), TestChain.SessionOf(2));
        Assert.Equal(AnchorTransaction.NonceOf(one), AnchorTransaction.NonceOf(one));
        Assert.NotEqual(AnchorTransaction.NonceOf(one), AnchorTransaction.NonceOf(two));
    }

    [Fact]
    public void The_breaker_opens_after_five_failures_and_again_after_three_failed_probes()
    {
        var clock = new FakeTimeProvider();
        var breaker = new EngineBreaker(clock);
        for (var i = 0; i < 4; i++)
        {
            breaker.Failed();
        }

        Assert.False(breaker.IsOpen);
        breaker.Failed();
        Assert.True(breaker.IsOpen);
        clock.Advance(TimeSpan.FromSeconds(60));
        Assert.False(breaker.IsOpen);
        breaker.Failed();
        breaker.Failed();
        Assert.False(breaker.IsOpen);
        breaker.Failed();
        Assert.True(breaker.IsOpen);
        clock.Advance(TimeSpan.FromSeconds(60));
        breaker.Succeeded();
        for (var i = 0; i < 4; i++)
        {
            breaker.Failed();
        }

        Assert.False(breaker.IsOpen);
    }
}
