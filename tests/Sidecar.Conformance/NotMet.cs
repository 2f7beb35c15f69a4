using System.Collections.Frozen;

namespace Lucid.Sidecar.Conformance;

/// <summary>Statements without a test in this suite, each with its own reason.</summary>
public static class NotMet
{
    private static readonly FrozenDictionary<int, string> Reasons = new Dictionary<int, string>
    {
        [16] = "the runtime has no store whose ETags are numbers: state.redis is not among its components",
        [34] = "both state stores of the runtime are transactional, so there is none to be refused",
        [41] = "any text is a valid ETag of the runtime's stores; only state.redis, which it has not, refuses one for its form",
    }.ToFrozenDictionary();

    public static IEnumerable<int> Statements => Reasons.Keys.Order();

    public static string? Reason(int statement) => Reasons.GetValueOrDefault(statement);
}
