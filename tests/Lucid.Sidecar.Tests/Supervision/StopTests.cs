using Lucid.Sidecar.Hosting;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.Supervision;
using Lucid.Sidecar.Tests.Resources;
using Microsoft.Extensions.Time.Testing;

namespace Lucid.Sidecar.Tests.Supervision;

public sealed class StopTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider time = new();
    private readonly StringWriter console = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task An_app_that_ignores_the_request_is_killed_when_its_grace_is_over()
    {
        await using var host = new SidecarHost(new SidecarHostOptions());
        using var output = new RunOutput(console, colours: false, ["stubborn"], logDirectory: null);
        var app = Plan("stubborn", "trap '' TERM; sleep 1000 & echo $! > grandchild; echo $$ > child; while :; do wait; done");
        await using var supervisor = new Supervisor(new RunSettings([app], TimeSpan.FromSeconds(60), _ => ""), host, output, time);
        await supervisor.StartAsync(CancellationToken.None);
        var child = await Condition.NumberInAsync(Path.Combine(folder.Path, "child"));
        var grandchild = await Condition.NumberInAsync(Path.Combine(folder.Path, "grandchild"));

        var stopping = supervisor.StopAsync();
        Assert.True(Condition.IsAlive(child));
        await Condition.HoldsAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return stopping.IsCompleted;
            },
            () => "the end of the run");
        await stopping;

        Assert.Contains("stubborn did not stop within 6.5 s and is killed", console.ToString(), StringComparison.Ordinal);
        await Condition.IsGoneAsync(child);
        await Condition.IsGoneAsync(grandchild);
        Assert.False(supervisor.HasFailed);
    }

    [Fact]
    public async Task An_app_is_asked_to_end_when_its_sidecar_has_stopped_delivering_to_it()
    {
        await using var host = new SidecarHost(new SidecarHostOptions());
        var runtime = new HeldRuntime(host);
        using var output = new RunOutput(console, colours: false, ["app"], logDirectory: null);
        var app = Plan("app", "trap 'echo > asked; exit 0' TERM; echo $$ > child; while :; do sleep 0.05; done");
        await using var supervisor = new Supervisor(new RunSettings([app], TimeSpan.FromSeconds(60), _ => ""), runtime, output, time);
        await supervisor.StartAsync(CancellationToken.None);
        var child = await Condition.NumberInAsync(Path.Combine(folder.Path, "child"));

        var stopping = supervisor.StopAsync();
        await runtime.Asked.Task;
        Assert.True(Condition.IsAlive(child));
        Assert.False(File.Exists(Path.Combine(folder.Path, "asked")));

        runtime.Delivered.SetResult();
        await stopping;
        Assert.True(File.Exists(Path.Combine(folder.Path, "asked")));
    }

    [Fact]
    public async Task A_delivery_that_does_not_end_holds_an_app_for_two_seconds_only()
    {
        await using var host = new SidecarHost(new SidecarHostOptions());
        var runtime = new HeldRuntime(host);
        using var output = new RunOutput(console, colours: false, ["app"], logDirectory: null);
        var app = Plan("app", "trap 'echo > asked; exit 0' TERM; echo $$ > child; while :; do sleep 0.05; done");
        await using var supervisor = new Supervisor(new RunSettings([app], TimeSpan.FromSeconds(60), _ => ""), runtime, output, time);
        await supervisor.StartAsync(CancellationToken.None);
        await Condition.NumberInAsync(Path.Combine(folder.Path, "child"));

        var stopping = supervisor.StopAsync();
        await runtime.Asked.Task;
        time.Advance(TimeSpan.FromSeconds(2));
        await stopping;

        Assert.True(File.Exists(Path.Combine(folder.Path, "asked")));
        Assert.DoesNotContain("killed", console.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_started_is_stopped_again_when_a_later_app_cannot_start()
    {
        await using var host = new SidecarHost(new SidecarHostOptions());
        using var output = new RunOutput(console, colours: false, ["one", "two"], logDirectory: null);
        AppPlan[] apps = [Plan("one", "echo $$ > child; sleep 1000"), Plan("two", "true") with { Directory = Path.Combine(folder.Path, "gone") }];
        await using var supervisor = new Supervisor(new RunSettings(apps, TimeSpan.FromSeconds(60), _ => ""), host, output, TimeProvider.System);

        await Assert.ThrowsAsync<ChildStartException>(() => supervisor.StartAsync(CancellationToken.None));

        Assert.All(supervisor.Status, status => Assert.Null(status.Pid));
    }

    [Fact]
    public void Lines_of_an_app_carry_its_colour_only_on_a_terminal()
    {
        using var coloured = new RunOutput(console, colours: true, ["a", "b"], logDirectory: null);
        coloured.Line("b", "hello", LogDestination.Console);

        Assert.Equal("\e[33mb             | \e[0mhello\n", console.ToString());
    }

    private AppPlan Plan(string id, string script) => new()
    {
        Options = new SidecarOptions { AppId = id, HttpPort = 0, GrpcPort = 0, MetricsPort = 0 },
        Directory = folder.Path,
        Command = ["sh", "-c", script],
        Location = new SourceLocation("test", 0),
    };

    /// <summary>The real runtime, whose only sidecar stops delivering when the test says so.</summary>
    private sealed class HeldRuntime(SidecarHost host) : ISidecarRuntime
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Delivered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<IRunningSidecar> StartAsync(SidecarOptions options, ResourceSet resources, CancellationToken cancellationToken) =>
            new HeldSidecar(this, await host.StartAsync(options, resources, cancellationToken));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class HeldSidecar(HeldRuntime held, IRunningSidecar inner) : IRunningSidecar
    {
        public string AppId => inner.AppId;

        public Task Ready => inner.Ready;

        public bool IsReady => inner.IsReady;

        public Task NotifyAppRestartedAsync(CancellationToken cancellationToken) => inner.NotifyAppRestartedAsync(cancellationToken);

        public async Task StopDeliveryAsync(CancellationToken cancellationToken)
        {
            held.Asked.SetResult();
            await held.Delivered.Task.WaitAsync(cancellationToken);
            await inner.StopDeliveryAsync(cancellationToken);
        }

        public Task StopAsync(CancellationToken cancellationToken) => inner.StopAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
