using System.Diagnostics.CodeAnalysis;

namespace Lucid.ApiGateway.Routing;

/// <summary>Splits a raw path (RFC 3986 §3.3) into segments that every parser reads the same way.</summary>
internal static class RawPath
{
    /// <summary>False: an empty inner segment, a segment of dots, or one that decodes to a separator, a delimiter or a control character.</summary>
    /// <param name="segments">Decoded; a trailing slash leaves an empty last one.</param>
    public static bool TryRead(string path, [NotNullWhen(true)] out string[]? segments)
    {
        segments = null;
        if (!path.StartsWith('/'))
        {
            return false; // absolute form and '*' address something else than a path of ours
        }

        var parts = path[1..].Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = Uri.UnescapeDataString(parts[i]);
            if ((parts[i].Length == 0 && i < parts.Length - 1) || parts[i] is "." or ".." || parts[i].Any(IsForbidden))
            {
                return false;
            }
        }

        segments = parts;
        return true;
    }

    private static bool IsForbidden(char c) => c is '/' or '\\' or '?' or '#' or '%' or ';' || char.IsControl(c);
}
