using Lucid.Sidecar.Actors;

namespace Lucid.Sidecar.Tests.Actors;

public sealed class DaprDurationTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0h0m0s200ms", 200)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1.5s", 1500)]
    [InlineData("500ms", 500)]
    [InlineData("0", 0)]
    [InlineData("PT1M", 60_000)]
    [InlineData("P1DT2H3M4S", 93_784_000)]
    [InlineData("P2W", 1_209_600_000)]
    public void Durations_of_both_kinds_are_read(string text, long milliseconds)
    {
        Assert.True(DaprDuration.TryParse(text, out var duration));
        Assert.Equal(Start.AddMilliseconds(milliseconds), duration.AddTo(Start));
        Assert.Equal(-1, duration.Repetitions);
    }

    [Theory]
    [InlineData("R5/PT1M", 5, 60)]
    [InlineData("R-1/PT1S", -1, 1)]
    [InlineData("R3", 3, 0)]
    public void Repetitions_stand_in_front(string text, int repetitions, int seconds)
    {
        Assert.True(DaprDuration.TryParse(text, out var duration));
        Assert.Equal(repetitions, duration.Repetitions);
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration.Time);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("1x")]
    [InlineData("h")]
    [InlineData("P")]
    [InlineData("P1H")]
    [InlineData("PT1.5S")]
    [InlineData("R/PT1S")]
    [InlineData("every day")]
    [InlineData("999999999999999999999h")]
    public void Anything_else_is_refused(string text) => Assert.False(DaprDuration.TryParse(text, out _));

    [Fact]
    public void Months_follow_the_calendar()
    {
        Assert.True(DaprDuration.TryParse("P1M", out var month));
        Assert.Equal(new DateTimeOffset(2026, 2, 28, 0, 0, 0, TimeSpan.Zero), month.AddTo(Start));
    }

    [Fact]
    public void An_instant_is_a_duration_or_rfc_3339()
    {
        Assert.True(DaprDuration.TryParseInstant("PT10S", Start, out var relative));
        Assert.Equal(Start.AddSeconds(10), relative);
        Assert.True(DaprDuration.TryParseInstant("2026-02-01T00:00:00+01:00", Start, out var absolute));
        Assert.Equal(new DateTimeOffset(2026, 1, 31, 23, 0, 0, TimeSpan.Zero), absolute);
        Assert.False(DaprDuration.TryParseInstant("R2/PT1S", Start, out _));
        Assert.False(DaprDuration.TryParseInstant("tomorrow", Start, out _));
    }

    [Fact]
    public void Five_repetitions_fire_five_times()
    {
        var (plan, _) = FiringPlan.Parse("PT1M", "R5/PT10S", "", Start);
        var firings = 1;
        while ((plan = plan!.After(plan.Next)) is not null)
        {
            firings++;
        }

        Assert.Equal(5, firings);
    }

    [Fact]
    public void Firings_that_were_missed_count_as_one()
    {
        var (plan, _) = FiringPlan.Parse("PT10S", "PT10S", "", Start);
        Assert.Equal(Start.AddSeconds(3610), plan!.After(Start.AddSeconds(3605))!.Next);
        Assert.Equal(Start.AddSeconds(20), plan.After(plan.Next)!.Next);
    }

    [Fact]
    public void The_end_of_life_ends_the_series()
    {
        var (plan, _) = FiringPlan.Parse("PT10S", "PT10S", "PT15S", Start);
        Assert.Equal(Start.AddSeconds(25), plan!.ExpiresAt);
        var second = plan.After(plan.Next);
        Assert.NotNull(second);
        Assert.Null(second.After(second.Next));
        Assert.Contains("already expired", FiringPlan.Parse("PT10S", "", "2020-01-01T00:00:00Z", Start).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("soon", "", "")]
    [InlineData("", "R0/PT1S", "")]
    [InlineData("", "sometimes", "")]
    [InlineData("", "-5s", "")]
    [InlineData("", "", "long")]
    public void Times_that_are_not_understood_are_named(string dueTime, string period, string ttl)
    {
        var (plan, problem) = FiringPlan.Parse(dueTime, period, ttl, Start);
        Assert.Null(plan);
        Assert.NotEmpty(problem);
    }
}
