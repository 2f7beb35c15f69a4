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

public sealed class ResiliencyTests : PolicyTests
{
    [Fact]
    public async Task Without_a_policy_a_call_goes_straight_through_once()
    {
        var policy = Engine(Resource()).ForApp("callee");

        Assert.False(policy.IsConfigured);
        Assert.Equal(500, await policy.ExecuteAsync(Answer(500), Status, CancellationToken.None));
        Assert.Equal(1, Attempts);
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
        Assert.Equal(expected, Attempts);
    }

    [Theory]
    [InlineData(StatusCode.Unavailable, 3)]
    [InlineData(StatusCode.NotFound, 1)]
    public async Task A_grpc_failure_is_matched_by_its_code(StatusCode code, int expected)
    {
        var policy = Retrying(new RetryPolicySpec(RetryBackoff.Constant, TimeSpan.FromSeconds(1), TimeSpan.Zero, 2, null, "14"));

        await Assert.ThrowsAsync<RpcException>(() => DriveAsync(policy.ExecuteAsync<int>(_ => Fail(new RpcException(new Status(code, ""))), Status, CancellationToken.None)));
        Assert.Equal(expected, Attempts);
    }

    [Fact]
    public async Task A_permanent_failure_is_not_repeated()
    {
        var policy = Retrying(new RetryPolicySpec(RetryBackoff.Constant, TimeSpan.FromSeconds(1), TimeSpan.Zero, 5, null, null));

        await Assert.ThrowsAsync<PermanentFailureException>(() => policy.ExecuteAsync<int>(_ => Fail(new PermanentFailureException("no")), Status, CancellationToken.None));
        Assert.Equal(1, Attempts);
    }

    [Fact]
    public async Task A_cancelled_caller_ends_the_waiting_for_the_next_attempt()
    {
        using var caller = new CancellationTokenSource();
        var policy = Retrying(new RetryPolicySpec(RetryBackoff.Constant, TimeSpan.FromHours(1), TimeSpan.Zero, -1, null, null));
        var running = policy.ExecuteAsync(Answer(500), Status, caller.Token);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(1, Attempts);
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
        var schedule = new RetrySchedule(new(RetryBackoff.Exponential, default, TimeSpan.FromMinutes(5), -1, null, null), Time, () => 0.5);
        var waited = TimeSpan.Zero;
        while (schedule.Next() is { } delay)
        {
            waited += delay;
            Time.Advance(delay);
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
                Attempts++;
                using var registration = token.Register(() => cancelled++);
                await Task.Delay(Timeout.Infinite, token);
                return 0;
            },
            Status,
            CancellationToken.None)));

        Assert.Equal((2, 2), (Attempts, cancelled));
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
        await Registry.CollectAndExportAsTextAsync(stream);
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
        var store = new FlakyStore(Time);
        await using var parts = new TestParts(time: Time, resiliency: context => new ResiliencyEngine(
            context.Options,
            context.Resources with
            {
                Resiliency = [Resource() with
                {
                    Retries = new Dictionary<string, RetryPolicySpec> { ["r"] = new(RetryBackoff.Constant, TimeSpan.FromSeconds(1), default, 3, null, null) },
                    Components = new Dictionary<string, ComponentTarget> { ["store"] = new(new(null, "r", null), null) },
                }],
            },
            Time, context.Metrics, context.Loggers));
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
