namespace Lucid.Sidecar.Invocation;

/// <summary>What one operation of an access policy says: an action for each verb as written, and one for calls without verb.</summary>
internal sealed record OperationRule(IReadOnlyDictionary<string, string> VerbActions, string Action);

/// <summary>
/// Operations of one access policy by path segment, with daprd's walk and its oddities, on purpose: the walk stops at the first
/// node that carries a rule (so every rule covers all paths below it), siblings are tried in file order, a lone star fits
/// one last segment and its bare parent, two stars fit the rest, and the first rule of a name is kept.
/// </summary>
internal sealed class OperationTrie
{
    private const string OneSegment = "/*";
    private const string AnyRest = "/**";

    private readonly Node root = new("/");

    /// <param name="operation">Starts with a slash.</param>
    public void Add(string operation, OperationRule rule)
    {
        var node = root;
        var segments = Segments(operation);
        for (var i = 0; i < segments.Length; i++)
        {
            var last = i == segments.Length - 1;
            var child = node.Children.Find(candidate => candidate.Segment == segments[i]);
            if (child is null)
            {
                child = new Node(segments[i]);
                node.Children.Add(child);
            }

            if (last)
            {
                child.Rule ??= rule;
            }

            node = child;
        }
    }

    /// <param name="operation">Starts with a slash; lower case when the rules are.</param>
    public OperationRule? Find(string operation)
    {
        var node = root;
        var segments = Segments(operation);
        for (var i = 0; i < segments.Length; i++)
        {
            var last = i == segments.Length - 1;
            node = node.Child(segments[i], last);
            if (node is null)
            {
                return null;
            }

            if (node.Rule is not null)
            {
                if (!last && IsOneSegment(node.Segment))
                {
                    continue;
                }

                return node.Rule;
            }

            if (last)
            {
                return node.Child(OneSegment, last)?.Rule;
            }
        }

        return null;
    }

    private static bool IsOneSegment(string segment) =>
        segment.EndsWith(OneSegment, StringComparison.Ordinal) && !segment.EndsWith(AnyRest, StringComparison.Ordinal);

    /// <summary>The pieces after each slash, each with its slash in front.</summary>
    private static string[] Segments(string operation)
    {
        var pieces = operation.Split('/');
        var segments = new string[pieces.Length - 1];
        for (var i = 1; i < pieces.Length; i++)
        {
            segments[i - 1] = "/" + pieces[i];
        }

        return segments;
    }

    private sealed class Node(string segment)
    {
        public string Segment { get; } = segment;
        public OperationRule? Rule { get; set; }
        public List<Node> Children { get; } = [];

        public Node? Child(string target, bool last)
        {
            foreach (var child in Children)
            {
                if (child.Segment == target)
                {
                    return child;
                }

                if (child.Segment == OneSegment)
                {
                    if (last)
                    {
                        return child;
                    }

                    continue;
                }

                if (child.Segment == AnyRest || Glob(target, child.Segment))
                {
                    return child;
                }
            }

            return null;
        }
    }

    /// <summary>A star stands for any text, the empty one included; every other character for itself.</summary>
    private static bool Glob(ReadOnlySpan<char> target, ReadOnlySpan<char> pattern)
    {
        int t = 0, p = 0, star = -1, mark = 0;
        while (t < target.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                mark = t;
            }
            else if (p < pattern.Length && pattern[p] == target[t])
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++mark;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].IndexOfAnyExcept('*') < 0;
    }
}
