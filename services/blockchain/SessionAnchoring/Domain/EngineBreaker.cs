namespace Lucid.SessionAnchoring.Domain;

/// <summary>
/// Keeps calls from an engine that does not answer: open for 60 s after 5 failures in a row, then 3 probes. A sign of life from the
/// engine lets the probes begin at once. Not safe for concurrent use.
/// </summary>
internal sealed class EngineBreaker(TimeProvider clock)
{
    private const int Threshold = 5;
    private const int Probes = 3;
    private static readonly TimeSpan OpenFor = TimeSpan.FromSeconds(60);

    private int failures;
    private DateTimeOffset? openUntil;

    public bool IsOpen => openUntil is { } until && clock.GetUtcNow() < until;

    public void Succeeded()
    {
        failures = 0;
        openUntil = null;
    }

    public void Failed()
    {
        failures++;
        if (failures >= Threshold)
        {
            // Probes count from below the threshold, so that three more failures open it again.
            openUntil = clock.GetUtcNow() + OpenFor;
            failures = Threshold - Probes;
        }
    }

    public void SignOfLife() => openUntil = null;
}
