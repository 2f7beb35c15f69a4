using System.Globalization;
using Lucid.Contracts.Errors;
using Lucid.ServiceDefaults;

namespace Lucid.ApiGateway.Limits;

/// <param name="IsDenied">A subject is on the deny-list; nothing was counted.</param>
/// <param name="Tightest">The rule with the least room left; null when none applied.</param>
/// <param name="Refusal">The limit that refuses; null: admitted.</param>
internal sealed record RateDecision(bool IsDenied, RateState? Tightest, RateRefusal? Refusal)
{
    public static RateDecision Denied { get; } = new(true, null, null);

    public static RateDecision Free { get; } = new(false, null, null);
}

/// <summary>Where a key stands in a rule's window.</summary>
/// <param name="Wait">Until the oldest counted request leaves the window, or a block ends.</param>
/// <param name="ResetAt">The moment <paramref name="Wait"/> ends.</param>
internal sealed record RateState(RateRule Rule, int Used, TimeSpan Wait, DateTimeOffset ResetAt)
{
    public int Remaining => Math.Max(0, Rule.Limit - Used);

    public static RateState? Tighter(RateState? a, RateState? b) => a is null || (b is not null && b.Remaining < a.Remaining) ? b : a;

    /// <summary><c>X-RateLimit-*</c> and the fields of draft-ietf-httpapi-ratelimit-headers.</summary>
    public void WriteTo(IHeaderDictionary headers)
    {
        headers["X-RateLimit-Limit"] = Text(Rule.Limit);
        headers["X-RateLimit-Remaining"] = Text(Remaining);
        headers["X-RateLimit-Reset"] = Text(ResetAt.ToUnixTimeSeconds());
        headers["RateLimit-Policy"] = $"\"{Rule.Name}\";q={Text(Rule.Limit)};w={Text((long)RateRule.Window.TotalSeconds)}";
        headers["RateLimit"] = $"\"{Rule.Name}\";r={Text(Remaining)};t={Text(Seconds(Wait))}";
    }

    internal static long Seconds(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <param name="IsBlock">The key is refused for a while because it met the limit.</param>
internal sealed record RateRefusal(RateState State, bool IsBlock)
{
    public IResult ToResult() => LucidResults.Error(
        IsBlock ? LucidErrors.Blocked : LucidErrors.RateLimited,
        $"Wait {RateState.Seconds(State.Wait)} s before the next request.",
        IsBlock ? "blocked" : "rate_limited",
        new Dictionary<string, object?>
        {
            ["limit"] = State.Rule.Limit,
            ["current"] = State.Used,
            ["reset_at"] = State.ResetAt,
            ["window"] = (int)RateRule.Window.TotalSeconds,
        },
        State.Wait);
}
