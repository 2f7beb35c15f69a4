using Lucid.Sidecar.Resiliency;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Prometheus;

namespace Lucid.Sidecar.Tests.Resiliency;

/// <summary>Policies for an app named callee, on time that only the test moves.</summary>
public abstract class PolicyTests
{
    private static readonly SourceLocation Here = new("resiliency.yaml", 1);

    protected FakeTimeProvider Time { get; } = new();
    protected CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();
    protected int Attempts { get; set; }

    protected ResiliencyEngine Engine(params ResiliencyResource[] resources) => new(
        new SidecarOptions { AppId = "app" },
        ResourceSet.Empty with { Resiliency = resources, Components = [new ComponentResource("store", null, "state.in-memory", "v1", Here)] },
        Time,
        Metrics.WithCustomRegistry(Registry),
        NullLoggerFactory.Instance);

    protected IPolicy Retrying(RetryPolicySpec spec) => Engine(Resource() with
    {
        Retries = new Dictionary<string, RetryPolicySpec> { ["r"] = spec },
        Apps = Target("callee", new(null, "r", null)),
    }).ForApp("callee");

    protected IPolicy Breaking(CircuitBreakerSpec spec, int? retries = null) => Engine(Resource() with
    {
        Retries = new Dictionary<string, RetryPolicySpec> { ["r"] = new(RetryBackoff.Constant, TimeSpan.FromMilliseconds(1), default, retries ?? 0, null, null) },
        CircuitBreakers = new Dictionary<string, CircuitBreakerSpec> { ["cb"] = spec },
        Apps = Target("callee", new(null, "r", "cb")),
    }).ForApp("callee");

    protected double[] Delays(RetryPolicySpec spec, double random)
    {
        var schedule = new RetrySchedule(spec, Time, () => random);
        List<double> delays = [];
        while (schedule.Next() is { } delay)
        {
            delays.Add(Math.Round(delay.TotalMilliseconds, 3));
        }

        return [.. delays];
    }

    protected Func<CancellationToken, Task<int>> Answer(int status) => _ =>
    {
        Attempts++;
        return Task.FromResult(status);
    };

    protected Task<int> Fail(Exception failure)
    {
        Attempts++;
        return Task.FromException<int>(failure);
    }

    protected static AttemptOutcome Status(int status) => new(status is < 200 or > 399, status);

    /// <summary>Lets time pass until the task has ended.</summary>
    protected async Task<T> DriveAsync<T>(Task<T> running)
    {
        while (!running.IsCompleted)
        {
            Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.WhenAny(running, Task.Delay(1, TestContext.Current.CancellationToken));
        }

        return await running;
    }

    protected static ResiliencyResource Resource() => new("lucid", Here);

    protected static Dictionary<string, ResiliencyTarget> Target(string name, ResiliencyTarget target) => new() { [name] = target };
}
