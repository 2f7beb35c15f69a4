using CsCheck;
using Lucid.ApiGateway.Limits;
using Microsoft.Extensions.Time.Testing;

namespace Lucid.ApiGateway.Tests;

public class LimiterTests
{
    [Fact]
    public void Never_more_than_the_limit_in_any_60_seconds() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[0, 20_000].Array[1, 300]).Sample((limit, steps) =>
        {
            var clock = new FakeTimeProvider();
            var limiter = new SlidingWindowLimiter(clock);
            var question = new RateQuestion([new RateCharge(new RateRule("r", limit), "k")], []);
            var start = clock.GetUtcNow();
            List<double> admitted = [];
            foreach (var step in steps)
            {
                clock.Advance(TimeSpan.FromMilliseconds(step));
                var now = (clock.GetUtcNow() - start).TotalMilliseconds;
                var inWindow = admitted.Count(at => at > now - 60_000);
                if (limiter.Decide(question).Refusal is null)
                {
                    admitted.Add(now);
                    inWindow++;
                }
                else if (inWindow < limit)
                {
                    return false; // refused although there was room
                }

                if (inWindow > limit)
                {
                    return false;
                }
            }

            return true;
        });

    [Fact]
    public void A_border_of_a_minute_gives_nothing_away()
    {
        var clock = new FakeTimeProvider();
        var limiter = new SlidingWindowLimiter(clock);
        var question = new RateQuestion([new RateCharge(new RateRule("r", 100), "k")], []);
        clock.Advance(TimeSpan.FromSeconds(59.5));
        var admitted = Enumerable.Range(0, 60).Count(_ => limiter.Decide(question).Refusal is null);
        clock.Advance(TimeSpan.FromSeconds(1));
        admitted += Enumerable.Range(0, 60).Count(_ => limiter.Decide(question).Refusal is null);
        Assert.Equal(100, admitted);
    }

    [Fact]
    public void A_request_that_one_rule_refuses_counts_for_none()
    {
        var limiter = new SlidingWindowLimiter(new FakeTimeProvider());
        var wide = new RateCharge(new RateRule("wide", 10), "k");
        var narrow = new RateCharge(new RateRule("narrow", 1), "k");
        for (var i = 0; i < 5; i++)
        {
            limiter.Decide(new RateQuestion([wide, narrow], []));
        }

        Assert.Equal(8, limiter.Decide(new RateQuestion([wide], [])).Tightest!.Remaining);
    }

    [Fact]
    public void A_blocked_key_waits_its_time_out()
    {
        var clock = new FakeTimeProvider();
        var limiter = new SlidingWindowLimiter(clock);
        var question = new RateQuestion([new RateCharge(new RateRule("login", 1, TimeSpan.FromSeconds(300)), "k")], []);
        Assert.Null(limiter.Decide(question).Refusal);
        Assert.True(limiter.Decide(question).Refusal!.IsBlock);
        clock.Advance(TimeSpan.FromSeconds(299));
        Assert.True(limiter.Decide(question).Refusal!.IsBlock);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(limiter.Decide(question).Refusal);
    }

    [Fact]
    public async Task Requests_at_the_same_moment_share_no_place()
    {
        var limiter = new SlidingWindowLimiter(new FakeTimeProvider());
        var question = new RateQuestion([new RateCharge(new RateRule("r", 50), "k")], []);
        var admitted = 0;
        await Parallel.ForAsync(0, 400, (_, _) =>
        {
            if (limiter.Decide(question).Refusal is null)
            {
                Interlocked.Increment(ref admitted);
            }

            return ValueTask.CompletedTask;
        });
        Assert.Equal(50, admitted);
    }

    [Fact]
    public async Task A_denied_subject_is_refused_without_being_counted_until_its_time_is_over()
    {
        var clock = new FakeTimeProvider();
        var limiter = new SlidingWindowLimiter(clock);
        var question = new RateQuestion([new RateCharge(new RateRule("r", 1), "k")], ["sid:s"]);
        await limiter.DenyAsync("sid:s", clock.GetUtcNow().AddMinutes(2), default);
        Assert.True(limiter.Decide(question).IsDenied);
        clock.Advance(TimeSpan.FromMinutes(2));
        var decision = limiter.Decide(question);
        Assert.False(decision.IsDenied);
        Assert.Null(decision.Refusal);
    }
}
