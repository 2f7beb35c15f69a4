namespace Lucid.Sidecar.State;

/// <summary>Path parameters are unescaped under the rules of a query: a plus is a space (contract §1.3).</summary>
internal static class PathText
{
    public static string Unescape(string segment) =>
        segment.AsSpan().IndexOfAny('%', '+') < 0 ? segment : Uri.UnescapeDataString(segment.Replace('+', ' '));
}
