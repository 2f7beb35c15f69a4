namespace Lucid.ApiGateway.Limits;

/// <summary>
/// The one place where a request is counted and the deny-list is read, atomically: two requests at the same moment never share the last
/// place, and what is denied before a decision begins is refused by it. Windows slide exactly; a minute has no border to straddle.
/// </summary>
internal interface IRateLimiter
{
    ValueTask<RateDecision> DecideAsync(RateQuestion question, CancellationToken cancellationToken);

    /// <summary>Refuses the subject until then; a time that has passed lifts the denial.</summary>
    ValueTask DenyAsync(string subject, DateTimeOffset until, CancellationToken cancellationToken);
}
