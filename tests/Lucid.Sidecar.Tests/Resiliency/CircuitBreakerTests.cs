using Lucid.Sidecar.Resiliency;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Tests.Resiliency;

public sealed class CircuitBreakerTests : PolicyTests
{
    [Fact]
    public async Task An_open_breaker_refuses_at_once_and_stops_the_retries()
    {
        var policy = Breaking(new CircuitBreakerSpec(1, default, TimeSpan.FromSeconds(10), "consecutiveFailures >= 2"), retries: 5);

        await Assert.ThrowsAsync<CircuitOpenException>(() => DriveAsync(policy.ExecuteAsync(Answer(500), Status, CancellationToken.None)));
        Assert.Equal(2, Attempts);
        await Assert.ThrowsAsync<CircuitOpenException>(() => policy.ExecuteAsync(Answer(200), Status, CancellationToken.None));
        Assert.Equal(2, Attempts);
    }

    [Fact]
    public async Task A_half_open_breaker_lets_a_few_through_and_closes_after_as_many_successes()
    {
        var policy = Breaking(new CircuitBreakerSpec(2, default, TimeSpan.FromSeconds(10), "totalFailures > 0"));
        await policy.ExecuteAsync(Answer(500), Status, CancellationToken.None);
        Time.Advance(TimeSpan.FromSeconds(10) + TimeSpan.FromTicks(1));
        var (first, second) = (new TaskCompletionSource<int>(), new TaskCompletionSource<int>());

        var one = policy.ExecuteAsync(_ => first.Task, Status, CancellationToken.None);
        var two = policy.ExecuteAsync(_ => second.Task, Status, CancellationToken.None);
        await Assert.ThrowsAsync<CircuitOpenException>(() => policy.ExecuteAsync(Answer(200), Status, CancellationToken.None));
        first.SetResult(200);
        second.SetResult(200);
        await Task.WhenAll(one, two);

        for (var n = 0; n < 5; n++)
        {
            Assert.Equal(200, await policy.ExecuteAsync(Answer(200), Status, CancellationToken.None));
        }
    }

    [Fact]
    public async Task One_failure_opens_a_half_open_breaker_again()
    {
        var policy = Breaking(new CircuitBreakerSpec(1, default, TimeSpan.FromSeconds(10), "requests >= 1"));
        await policy.ExecuteAsync(Answer(500), Status, CancellationToken.None);
        Time.Advance(TimeSpan.FromSeconds(11));
        await policy.ExecuteAsync(Answer(500), Status, CancellationToken.None);

        await Assert.ThrowsAsync<CircuitOpenException>(() => policy.ExecuteAsync(Answer(200), Status, CancellationToken.None));
    }

    [Fact]
    public async Task An_outcome_from_before_the_change_of_state_does_not_count()
    {
        var policy = Breaking(new CircuitBreakerSpec(1, default, TimeSpan.FromSeconds(10), "consecutiveFailures > 0"));
        var slow = new TaskCompletionSource<int>();
        var early = policy.ExecuteAsync(_ => slow.Task, Status, CancellationToken.None);
        await policy.ExecuteAsync(Answer(500), Status, CancellationToken.None);
        Time.Advance(TimeSpan.FromSeconds(11));
        await policy.ExecuteAsync(Answer(200), Status, CancellationToken.None);

        slow.SetResult(500);
        await early;

        Assert.Equal(200, await policy.ExecuteAsync(Answer(200), Status, CancellationToken.None));
    }

    [Fact]
    public async Task Counts_of_a_closed_breaker_start_anew_at_each_interval()
    {
        var policy = Breaking(new CircuitBreakerSpec(1, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), "totalFailures >= 2"));
        for (var n = 0; n < 4; n++)
        {
            await policy.ExecuteAsync(Answer(500), Status, CancellationToken.None);
            Time.Advance(TimeSpan.FromSeconds(6));
        }

        Assert.Equal(4, Attempts);
    }

    [Fact]
    public async Task Each_method_of_an_app_and_each_actor_id_has_a_breaker_of_its_own()
    {
        var engine = Engine(Resource() with
        {
            CircuitBreakers = new Dictionary<string, CircuitBreakerSpec> { ["cb"] = new(1, default, TimeSpan.FromSeconds(10), "consecutiveFailures > 0") },
            Apps = Target("callee", new(null, null, "cb")),
            Actors = new Dictionary<string, ResiliencyTarget>
            {
                ["ById"] = new(null, null, "cb", null, "id"),
                ["ByType"] = new(null, null, "cb", null, "type"),
            },
        });
        foreach (var policy in new[] { engine.ForApp("callee", "a"), engine.ForActor("ById", "1"), engine.ForActor("ByType", "1") })
        {
            await policy.ExecuteAsync(Answer(500), Status, CancellationToken.None);
        }

        await Assert.ThrowsAsync<CircuitOpenException>(() => engine.ForApp("callee", "a").ExecuteAsync(Answer(200), Status, CancellationToken.None));
        await engine.ForApp("callee", "b").ExecuteAsync(Answer(200), Status, CancellationToken.None);
        await engine.ForActor("ById", "2").ExecuteAsync(Answer(200), Status, CancellationToken.None);
        await Assert.ThrowsAsync<CircuitOpenException>(() => engine.ForActor("ByType", "2").ExecuteAsync(Answer(200), Status, CancellationToken.None));
    }

    [Theory]
    [InlineData("consecutiveFailures > 5", "0 0 0 0 6", true)]
    [InlineData("consecutiveFailures > 5", "0 0 0 0 5", false)]
    [InlineData("requests >= 10 && totalFailures * 2 > requests", "10 4 6 0 1", true)]
    [InlineData("requests >= 10 && totalFailures * 2 > requests", "9 0 9 0 9", false)]
    [InlineData("!(totalSuccesses != 1 || totalFailures - 3 <= -1)", "4 1 3 0 1", true)]
    [InlineData("totalFailures * 100 / requests >= 60", "5 2 3 0 1", true)]
    [InlineData("totalFailures / (requests - requests) > 0", "5 2 3 0 1", false)]
    [InlineData("requests % 2 == 1 || false", "5 2 3 0 1", true)]
    public void A_trip_expression_is_evaluated_on_the_counts(string text, string counts, bool expected)
    {
        var numbers = counts.Split(' ').Select(long.Parse).ToArray();

        Assert.Equal(expected, TripExpression.Parse(text).IsTrue(new BreakerCounts(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])));
    }

    [Theory]
    [InlineData("consecutiveFailures")]
    [InlineData("failures > 5")]
    [InlineData("requests > 5 &&")]
    [InlineData("(requests > 5")]
    [InlineData("requests > 5 requests")]
    [InlineData("requests && true")]
    [InlineData("!requests > 1")]
    [InlineData("requests > 0.5")]
    [InlineData("")]
    public void A_trip_expression_that_is_no_condition_is_refused_at_load(string text)
    {
        var resource = Resource() with { CircuitBreakers = new Dictionary<string, CircuitBreakerSpec> { ["cb"] = new(1, default, default, text) } };

        Assert.StartsWith("resiliency.yaml:1: spec.policies.circuitBreakers.cb.trip: ", Assert.Throws<ResourceException>(() => Engine(resource)).Message, StringComparison.Ordinal);
    }
}
