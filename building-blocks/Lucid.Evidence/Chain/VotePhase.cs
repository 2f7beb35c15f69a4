namespace Lucid.Evidence;

/// <summary>The values are those of the vote bytes.</summary>
public enum VotePhase
{
    Prevote = 1,
    Precommit = 2,
}
