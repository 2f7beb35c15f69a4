namespace Lucid.Simulation;

/// <summary>How badly a link behaves. Probabilities 0 to 1; a spread of delays reorders messages unless <see cref="KeepsOrder"/>.</summary>
public sealed record LinkOptions
{
    public double DropProbability { get; init; }

    public double DuplicateProbability { get; init; }

    public TimeSpan LeastDelay { get; init; } = TimeSpan.FromMilliseconds(1);

    public TimeSpan MostDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    public bool KeepsOrder { get; init; }
}
