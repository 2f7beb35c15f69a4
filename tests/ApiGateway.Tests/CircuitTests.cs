using Lucid.ApiGateway.Proxy;
using Microsoft.Extensions.Time.Testing;

namespace Lucid.ApiGateway.Tests;

public class CircuitTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly Circuit _circuit;

    public CircuitTests() => _circuit = new Circuit(new CircuitRule(3, TimeSpan.FromSeconds(30)), _clock);

    [Fact]
    public void Only_failures_in_a_row_open_it()
    {
        Assert.False(Try(false));
        Assert.False(Try(false));
        Assert.False(Try(true));
        Assert.False(Try(false));
        Assert.False(Try(null));
        Assert.False(Try(false));
        Assert.Null(_circuit.Enter());
        Assert.True(_circuit.Report(false));
        Assert.Equal(TimeSpan.FromSeconds(30), _circuit.Enter());
    }

    [Fact]
    public void After_its_time_three_probes_may_pass_and_three_successes_close_it()
    {
        Open();
        for (var i = 0; i < 3; i++)
        {
            Assert.Null(_circuit.Enter());
        }

        Assert.NotNull(_circuit.Enter());
        for (var i = 0; i < 3; i++)
        {
            _circuit.Report(true);
        }

        Assert.All(Enumerable.Range(0, 10), _ => Assert.Null(_circuit.Enter()));
    }

    [Fact]
    public void A_failed_probe_opens_it_again()
    {
        Open();
        Assert.True(Try(false));
        Assert.Equal(TimeSpan.FromSeconds(30), _circuit.Enter());
    }

    private void Open()
    {
        for (var i = 0; i < 3; i++)
        {
            Try(false);
        }

        _clock.Advance(TimeSpan.FromSeconds(30));
    }

    private bool Try(bool? succeeded)
    {
        Assert.Null(_circuit.Enter());
        return _circuit.Report(succeeded);
    }
}
