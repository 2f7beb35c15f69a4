namespace Lucid.AccessMatrix;

/// <summary>Ways to write a path so that two parsers may disagree about what it names.</summary>
internal static class Spellings
{
    private static readonly bool IsWhole = Environment.GetEnvironmentVariable("LUCID_TEST_ALL") == "1";

    /// <summary>All of them in a whole campaign; else one for each key: templates of one operation are the same to a sidecar.</summary>
    public static IEnumerable<T> OnePerOperation<T>(IEnumerable<T> all, Func<T, object> key) => IsWhole ? all : all.DistinctBy(key);

    /// <param name="allowed">A path that the caller may use.</param>
    /// <param name="other">A path of the same app that it would like to use.</param>
    public static IEnumerable<string> Of(string allowed, string other)
    {
        var up = string.Concat(Enumerable.Repeat("/..", allowed.Count(c => c == '/')));
        string[] dots = ["..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "%252e.", "%25252e%25252e"];
        foreach (var dot in dots)
        {
            yield return allowed + up.Replace("..", dot, StringComparison.Ordinal) + other;
            yield return allowed + up.Replace("/..", $"%2f{dot}", StringComparison.Ordinal) + other;
            yield return allowed + up.Replace("/..", $"%252f{dot}", StringComparison.Ordinal) + other;
            yield return allowed + up.Replace("/..", $"\\{dot}", StringComparison.Ordinal) + other;
            yield return allowed + up.Replace("/..", $"%5c{dot}", StringComparison.Ordinal) + other;
        }

        yield return allowed + "/";
        yield return "/" + allowed;
        yield return allowed.ToUpperInvariant();
        yield return allowed + other;
        yield return other.ToUpperInvariant();
        yield return other + "/";
        yield return "/" + other;
        yield return "/." + other;
        yield return other + "/.";
        yield return other + "?" + allowed;
        yield return other + ";" + allowed;
        yield return other + "%3f" + allowed;
        yield return other + "%23" + allowed;
        yield return other + "%00";
        yield return "/" + EncodeLetter(other, "%");
        yield return EncodeLetter(other, "%");
        yield return EncodeLetter(other, "%25");
        yield return other.Replace("/", "%2f", StringComparison.Ordinal);
        yield return "/" + other.Replace("/", "%252f", StringComparison.Ordinal);
        yield return other.Replace("/", "//", StringComparison.Ordinal);
        yield return other.Replace("/", "/./", StringComparison.Ordinal);
        yield return "/x/.." + other;
        yield return allowed + "/%2e%2e" + other;
    }

    /// <summary>The first letter written as its code.</summary>
    private static string EncodeLetter(string path, string percent) => $"/{percent}{(int)path[1]:x2}{path[2..]}";
}
