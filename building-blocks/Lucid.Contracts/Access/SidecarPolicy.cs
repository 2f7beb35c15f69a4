namespace Lucid.Contracts.Access;

/// <summary>The part of the matrix that a sidecar can enforce: operations as prefixes on segment borders.</summary>
public static class SidecarPolicy
{
    /// <summary>
    /// Operations of one caller towards one callee, none a prefix of another: a sidecar's walk stops at the first operation
    /// that fits, so nested ones are merged into the shortest and their verbs united. The second wall then decides on the whole template.
    /// </summary>
    public static IReadOnlyList<SidecarOperation> Operations(string caller, string callee)
    {
        var operations = new List<SidecarOperation>();
        var rules = AllowMatrix.For(callee).Where(rule => rule.Caller == caller).OrderBy(rule => rule.Operation, StringComparer.Ordinal);
        foreach (var rule in rules)
        {
            var covering = operations.FindIndex(operation => Covers(operation.Name, rule.Operation));
            if (covering < 0)
            {
                operations.Add(new(rule.Operation, [rule.Verb]));
            }
            else if (!operations[covering].Verbs.Contains(rule.Verb))
            {
                operations[covering] = operations[covering] with
                {
                    Verbs = [.. operations[covering].Verbs.Append(rule.Verb).Order(StringComparer.Ordinal)],
                };
            }
        }

        return operations;
    }

    /// <summary>Which wall draws the exact line for a rule: the sidecar where it opens nothing else, the second wall elsewhere.</summary>
    public static Wall DecidedBy(AllowRule rule)
    {
        var operation = Operations(rule.Caller, rule.Callee).Single(candidate => Covers(candidate.Name, rule.Operation));
        return operation.Name == rule.Template && operation.Verbs is [var verb] && verb == rule.Verb ? Wall.Sidecar : Wall.Second;
    }

    private static bool Covers(string prefix, string operation) =>
        operation.StartsWith(prefix, StringComparison.Ordinal) && (operation.Length == prefix.Length || operation[prefix.Length] == '/');
}

/// <param name="Name">Literal path, no wildcards.</param>
/// <param name="Verbs">Upper case, sorted.</param>
public sealed record SidecarOperation(string Name, IReadOnlyList<string> Verbs);

public enum Wall
{
    Sidecar,
    Second,
}
