using Grpc.Core;
using Lucid.Sidecar.Resiliency;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.State;
using Lucid.Sidecar.State.InMemory;
using Lucid.Sidecar.Tests.State;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Prometheus;

namespace Lucid.Sidecar.Tests.Resiliency;

public sealed class ResiliencyTests
{
    private static readonly SourceLocation Here = new("resiliency.yaml", 1);
    private readonly FakeTimeProvider time = new();
    private readonly CollectorRegistry registry = Metrics.NewCustomRegistry();
    private int attempts;

    [Fact]
    public async Task Without_a_policy_a_call_goes_straight_through_once()
    {
        var policy = Engine(Resource()).ForApp("callee");

        Assert.False(policy.IsConfigured);
        Assert.Equal(500, await policy.ExecuteAsync(Answer(500), Status, CancellationToken.None));
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task An_app_target_without_policies_counts_as_configured_and_does_not_repeat()
    {
        var policy = Engine(Resource() with { Apps = Target("callee", new(null, null, null)) }).ForApp("callee");

        Assert.True(policy.IsConfigured);
        Assert.False(policy.MayRepeat);
    }

    [Theory]
    [InlineData(null, 404, 4)]
    [InlineData(null, 200, 1)]
    [InlineData("429,500-599", 503, 4)]
    [InlineData("429,500-599", 404, 1)]
    public async Task Failed_answers_are_repeated_unless_matching_narrows(string? codes, int status, int expected)
    {
        var policy = Retrying(new RetryPolicySpec(RetryBackoff.Constant, TimeSpan.FromSeconds(1), TimeSpan.Zero, 3, codes, null));

        Assert.Equal(status, await DriveAsync(policy.ExecuteAsync(Answer(status), Status, CancellationToken.None)));
        Assert.Equal(expected, attempts);
    }

    [Theory]
    [InlineData(StatusCode.Unavailable, 3)]
    [InlineData(StatusCode.NotFound, 1)]
    public async Task A_grpc_failure_is_matched_by_its_code(StatusCode code, int expected)
    {
        var policy = Retrying(new RetryPolicySpec(RetryBackoff.Constant, TimeSpan.FromSeconds(1), TimeSpan.Zero, 2, null, "14"));

        await Assert.ThrowsAsync<RpcException>(() => DriveAsync(policy.ExecuteAsync<int>(_ => Fail(new RpcException(new Status(code, ""))), Status, CancellationToken.None)));
        Assert.Equal(expected, attempts);
    }

    [Fact]
    public async Task A_permanent_failure_is_not_repeated()
    {
        var policy = Retrying(new RetryPolicySpec(RetryBackoff.Constant, TimeSpan.FromSeconds(1), TimeSpan.Zero, 5, null, null));

        await Assert.ThrowsAsync<PermanentFailureException>(() => policy.ExecuteAsync<int>(_ => Fail(new PermanentFailureException("no")), Status, CancellationToken.None));
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task A_cancelled_caller_ends_the_waiting_for_the_next_attempt()
    {
        using var caller = new CancellationTokenSource();
        var policy = Retrying(new RetryPolicySpec(RetryBackoff.Constant, TimeSpan.FromHours(1), TimeSpan.Zero, -1, null, null));
        var running = policy.ExecuteAsync(Answer(500), Status, caller.Token);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(1, attempts);
    }

    [Fact]
    public void Exponential_delays_grow_by_half_up_to_the_longest_with_jitter_around_them()
    {
        var spec = new RetryPolicySpec(RetryBackoff.Exponential, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(1), 5, null, null);

        Assert.Equal([500, 750, 1000, 1000, 1000], Delays(spec, 0.5));
        Assert.Equal([250, 375, 500, 500, 500], Delays(spec, 0));
        Assert.Equal([750, 1125, 1500, 1500, 1500], Delays(spec, 1));
    }

    [Fact]
    public void Exponential_delays_end_after_fifteen_minutes()
    {
        var schedule = new RetrySchedule(new(RetryBackoff.Exponential, default, TimeSpan.FromMinutes(5), -1, null, null), time, () => 0.5);
        var waited = TimeSpan.Zero;
        while (schedule.Next() is { } delay)
        {
            waited += delay;
            time.Advance(delay);
        }

        Assert.InRange(waited, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(15));
    }

    [Fact]
    public async Task An_attempt_over_its_time_is_cancelled_and_repeated()
    {
        var policy = Engine(Resource() with
        {
            Timeouts = new Dictionary<string, TimeSpan> { ["short"] = TimeSpan.FromSeconds(2) },
            Retries = new Dictionary<string, RetryPolicySpec> { ["once"] = new(RetryBackoff.Constant, TimeSpan.FromSeconds(1), default, 1, null, null) },
            Apps = Target("callee", new("short", "once", null)),
        }).ForApp("callee");
        var cancelled = 0;

        var refused = await Assert.ThrowsAsync<TimeoutException>(() => DriveAsync(policy.ExecuteAsync(
            async token =>
            {
                attempts++;
                using var registration = token.Register(() => cancelled++);
                await Task.Delay(Timeout.Infinite, token);
                return 0;
            },
            Status,
            CancellationToken.None)));

        Assert.Equal((2, 2), (attempts, cancelled));
        Assert.Equal("app callee has not answered within 2000 ms", refused.Message);
    }

    [Fact]
    public async Task An_attempt_that_does_not_heed_its_token_is_left_behind_and_its_result_disposed()
    {
        var policy = Engine(Resource() with
        {
            Timeouts = new Dictionary<string, TimeSpan> { ["short"] = TimeSpan.FromSeconds(1) },
            Apps = Target("callee", new("short", null, null)),
        }).ForApp("callee");
        var late = new TaskCompletionSource<MemoryStream>();

        await Assert.ThrowsAsync<TimeoutException>(() => DriveAsync(policy.ExecuteAsync(_ => late.Task, _ => AttemptOutcome.Success, CancellationToken.None)));

        var result = new MemoryStream();
        late.SetResult(result);
        Assert.False(result.CanRead);
    }

    [Fact]
    public async Task An_open_breaker_refuses_at_once_and_stops_the_retries()
    {
        var policy = Breaking(new CircuitBreakerSpec(1, default, TimeSpan.FromSeconds(10), "consecutiveFailures >= 2"), retries: 5);

        await Assert.ThrowsAsync<CircuitOpenException>(() => DriveAsync(policy.ExecuteAsync(Answer(500), Status, CancellationToken.None)));
        Assert.Equal(2, attempts);
        await Assert.ThrowsAsync<CircuitOpenException>(() => policy.ExecuteAsync(Answer(200), Status, CancellationToken.None));
        Assert.Equal(2, attempts);
    }

    [Fact]
    public async Task A_half_open_breaker_lets_a_few_through_and_closes_after_as_many_successes()
    {
        var policy = Breaking(new CircuitBreakerSpec(2, default, TimeSpan.FromSeconds(10), "totalFailures > 0"));
        await policy.ExecuteAsync(Answer(500), Status, CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(10) + TimeSpan.FromTicks(1));
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
        time.Advance(TimeSpan.FromSeconds(11));
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
        time.Advance(TimeSpan.FromSeconds(11));
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
            time.Advance(TimeSpan.FromSeconds(6));
        }

        Assert.Equal(4, attempts);
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
    [InlineData("DefaultStatestoreComponentOutboundRetryPolicy", "store", true)]
    [InlineData("DefaultPubsubComponentOutboundRetryPolicy", "store", false)]
    [InlineData("DefaultComponentOutboundRetryPolicy", "store", true)]
    [InlineData("DefaultComponentInboundRetryPolicy", "store", false)]
    [InlineData("DefaultComponentRetryPolicy", "store", true)]
    [InlineData("DefaultRetryPolicy", "store", true)]
    [InlineData("DefaultRetryPolicy", "targeted", false)]
    public void Defaults_apply_by_their_name_where_there_is_no_target(string name, string component, bool applies)
    {
        var engine = Engine(Resource() with
        {
            Retries = new Dictionary<string, RetryPolicySpec> { [name] = new(RetryBackoff.Constant, default, default, 1, null, null) },
            Components = new Dictionary<string, ComponentTarget> { ["targeted"] = new(null, null) },
        });

        Assert.Equal(applies, engine.ForComponentOutbound(component).MayRepeat);
    }

    [Fact]
    public void A_resource_of_another_scope_does_not_exist()
    {
        var resource = Resource() with { Scopes = ["other"], Apps = Target("callee", new(null, null, null)) };

        Assert.False(Engine(resource).ForApp("callee").IsConfigured);
    }

    [Fact]
    public void A_named_policy_is_there_only_when_the_files_define_it_and_built_in_ones_keep_three_retries()
    {
        Assert.Null(Engine(Resource()).ByName("DaprBuiltInInitializationRetries"));
        var engine = Engine(Resource() with
        {
            Retries = new Dictionary<string, RetryPolicySpec> { ["DaprBuiltInInitializationRetries"] = new(RetryBackoff.Constant, default, default, 0, null, null) },
        });
        Assert.True(engine.ByName("DaprBuiltInInitializationRetries")!.MayRepeat);
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

    [Theory]
    [InlineData("99")]
    [InlineData("600")]
    [InlineData("599-500")]
    [InlineData("5xx")]
    [InlineData("500,")]
    public void Codes_that_cannot_be_read_are_refused_at_load(string codes)
    {
        var resource = Resource() with { Retries = new Dictionary<string, RetryPolicySpec> { ["r"] = new(RetryBackoff.Constant, default, default, 1, codes, null) } };

        Assert.Contains("spec.policies.retries.r.matching", Assert.Throws<ResourceException>(() => Engine(resource)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void References_without_policy_and_actor_breakers_without_scope_are_refused_at_load()
    {
        Assert.Contains("spec.targets.apps.callee.timeout: there is no policy t", Refused(Resource() with { Apps = Target("callee", new("t", null, null)) }), StringComparison.Ordinal);
        Assert.Contains("spec.targets.components.c.inbound.retry: there is no policy r", Refused(Resource() with
        {
            Components = new Dictionary<string, ComponentTarget> { ["c"] = new(null, new(null, "r", null)) },
        }), StringComparison.Ordinal);
        Assert.Contains("circuitBreakerScope", Refused(Resource() with
        {
            CircuitBreakers = new Dictionary<string, CircuitBreakerSpec> { ["cb"] = new(1, default, default, "requests > 1") },
            Actors = Target("Type", new(null, null, "cb")),
        }), StringComparison.Ordinal);
        Assert.Contains("cannot be replaced", Refused(Resource() with
        {
            Retries = new Dictionary<string, RetryPolicySpec> { ["DaprBuiltInActorNotFoundRetries"] = new(RetryBackoff.Constant, default, default, 9, null, null) },
        }), StringComparison.Ordinal);

        string Refused(ResiliencyResource resource) => Assert.Throws<ResourceException>(() => Engine(resource)).Message;
    }

    [Fact]
    public async Task What_policies_do_is_counted()
    {
        var policy = Breaking(new CircuitBreakerSpec(1, default, TimeSpan.FromSeconds(10), "consecutiveFailures >= 2"), retries: 1);
        await DriveAsync(policy.ExecuteAsync(Answer(500), Status, CancellationToken.None));

        using var stream = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(stream);
        var text = System.Text.Encoding.UTF8.GetString(stream.ToArray());
        string Labels(string kind, string status) =>
            $"{{app_id=\"app\",name=\"lucid\",policy=\"{kind}\",namespace=\"default\",flow_direction=\"outbound\",target=\"app_callee\",status=\"{status}\"}} 1";
        Assert.Contains("dapr_resiliency_loaded{app_id=\"app\",name=\"lucid\",namespace=\"default\"} 1", text, StringComparison.Ordinal);
        Assert.Contains("dapr_resiliency_count" + Labels("retry", ""), text, StringComparison.Ordinal);
        Assert.Contains("dapr_resiliency_activations_total" + Labels("retry", ""), text, StringComparison.Ordinal);
        Assert.Contains("dapr_resiliency_activations_total" + Labels("circuitbreaker", "open"), text, StringComparison.Ordinal);
        Assert.Contains("dapr_resiliency_cb_state" + Labels("circuitbreaker", "open"), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_component_policy_repeats_failed_writes_but_not_refused_etags()
    {
        var store = new FlakyStore(time);
        await using var parts = new TestParts(time: time, resiliency: context => new ResiliencyEngine(
            context.Options,
            context.Resources with
            {
                Resiliency = [Resource() with
                {
                    Retries = new Dictionary<string, RetryPolicySpec> { ["r"] = new(RetryBackoff.Constant, TimeSpan.FromSeconds(1), default, 3, null, null) },
                    Components = new Dictionary<string, ComponentTarget> { ["store"] = new(new(null, "r", null), null) },
                }],
            },
            time, context.Metrics, context.Loggers));
        parts.Add(store);
        StateItem Item(string key, string? etag = null) => new(key, "1"u8.ToArray(), etag, "", "", StateItem.NoMetadata);

        await DriveAsync(Task.Run(async () =>
        {
            await parts.State.SaveAsync("store", [Item("good"), Item("flaky")], CancellationToken.None);
            return 0;
        }));
        Assert.Equal(["app||good", "app||flaky", "app||flaky"], store.Writes.Order().Reverse());

        var refused = await Assert.ThrowsAsync<DaprApiException>(() => parts.State.SaveAsync("store", [Item("x", "stale")], CancellationToken.None));
        Assert.Equal((409, 4), (refused.Error.HttpStatus, store.Writes.Count));
    }

    private ResiliencyEngine Engine(params ResiliencyResource[] resources) => new(
        new SidecarOptions { AppId = "app" },
        ResourceSet.Empty with { Resiliency = resources, Components = [new ComponentResource("store", null, "state.in-memory", "v1", Here)] },
        time,
        Metrics.WithCustomRegistry(registry),
        NullLoggerFactory.Instance);

    private IPolicy Retrying(RetryPolicySpec spec) => Engine(Resource() with
    {
        Retries = new Dictionary<string, RetryPolicySpec> { ["r"] = spec },
        Apps = Target("callee", new(null, "r", null)),
    }).ForApp("callee");

    private IPolicy Breaking(CircuitBreakerSpec spec, int? retries = null) => Engine(Resource() with
    {
        Retries = new Dictionary<string, RetryPolicySpec> { ["r"] = new(RetryBackoff.Constant, TimeSpan.FromMilliseconds(1), default, retries ?? 0, null, null) },
        CircuitBreakers = new Dictionary<string, CircuitBreakerSpec> { ["cb"] = spec },
        Apps = Target("callee", new(null, "r", "cb")),
    }).ForApp("callee");

    private double[] Delays(RetryPolicySpec spec, double random)
    {
        var schedule = new RetrySchedule(spec, time, () => random);
        List<double> delays = [];
        while (schedule.Next() is { } delay)
        {
            delays.Add(Math.Round(delay.TotalMilliseconds, 3));
        }

        return [.. delays];
    }

    private Func<CancellationToken, Task<int>> Answer(int status) => _ =>
    {
        attempts++;
        return Task.FromResult(status);
    };

    private Task<int> Fail(Exception failure)
    {
        attempts++;
        return Task.FromException<int>(failure);
    }

    private static AttemptOutcome Status(int status) => new(status is < 200 or > 399, status);

    /// <summary>Lets time pass until the task has ended.</summary>
    private async Task<T> DriveAsync<T>(Task<T> running)
    {
        while (!running.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.WhenAny(running, Task.Delay(1, TestContext.Current.CancellationToken));
        }

        return await running;
    }

    private static ResiliencyResource Resource() => new("lucid", Here);

    private static Dictionary<string, ResiliencyTarget> Target(string name, ResiliencyTarget target) => new() { [name] = target };

    private sealed class FlakyStore(TimeProvider time) : Lucid.Sidecar.Components.IStateStore
    {
        private readonly InMemoryStateStore inner = new(time);

        public List<string> Writes { get; } = [];

        public bool IsTransactional => false;

        public ValueTask<Lucid.Sidecar.Components.StateValue?> GetAsync(string key, CancellationToken cancellationToken) => inner.GetAsync(key, cancellationToken);

        public ValueTask SetAsync(Lucid.Sidecar.Components.StateSet operation, CancellationToken cancellationToken)
        {
            Writes.Add(operation.Key);
            return operation.Key == "app||flaky" && Writes.Count(key => key == operation.Key) == 1
                ? throw new Lucid.Sidecar.Components.StateStoreException(Lucid.Sidecar.Components.StateStoreFailure.Other, "not now")
                : inner.SetAsync(operation, cancellationToken);
        }

        public ValueTask DeleteAsync(Lucid.Sidecar.Components.StateDelete operation, CancellationToken cancellationToken) => inner.DeleteAsync(operation, cancellationToken);

        public ValueTask TransactAsync(IReadOnlyList<Lucid.Sidecar.Components.StateOperation> operations, CancellationToken cancellationToken) =>
            inner.TransactAsync(operations, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
