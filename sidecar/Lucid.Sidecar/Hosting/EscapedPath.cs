using System.Text;

namespace Lucid.Sidecar.Hosting;

/// <summary>
/// Paths while they are still percent-encoded. Routing happens on the escaped path, as daprd does it, so that an encoded
/// slash or dot never changes which route is taken.
/// </summary>
internal static class EscapedPath
{
    /// <summary>The path of a request target in origin or absolute form, without query.</summary>
    public static string OfTarget(string target)
    {
        var start = 0;
        if (!target.StartsWith('/'))
        {
            var authority = target.IndexOf("://", StringComparison.Ordinal);
            start = authority < 0 ? -1 : target.IndexOf('/', authority + 3);
            if (start < 0)
            {
                return "/";
            }
        }

        var end = target.IndexOf('?', start);
        return end < 0 ? target[start..] : target[start..end];
    }

    /// <summary>One slash between segments, no dot segments, no slash at the end; the result starts with a slash.</summary>
    public static string Clean(string path)
    {
        if (path.Length > 1 && path[0] == '/' && path[^1] != '/'
            && !path.Contains("//", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal))
        {
            return path;
        }

        var kept = new List<Range>();
        foreach (var range in path.AsSpan().Split('/'))
        {
            var segment = path.AsSpan(range);
            if (segment.Length == 0 || segment is ".")
            {
                continue;
            }

            if (segment is "..")
            {
                if (kept.Count > 0)
                {
                    kept.RemoveAt(kept.Count - 1);
                }

                continue;
            }

            kept.Add(range);
        }

        if (kept.Count == 0)
        {
            return "/";
        }

        var builder = new StringBuilder(path.Length);
        foreach (var range in kept)
        {
            builder.Append('/').Append(path.AsSpan(range));
        }

        return builder.ToString();
    }

    /// <summary>Percent-decodes under the rules of a query: a plus is a space. Malformed text is returned as it is.</summary>
    public static string UnescapeAsQuery(string value) =>
        value.AsSpan().IndexOfAny('%', '+') < 0 ? value : Unescape(value.Replace('+', ' ')) ?? value;

    /// <summary>Percent-decodes once; null when an escape is malformed or the result is not UTF-8.</summary>
    public static string? Unescape(string value)
    {
        if (!value.Contains('%', StringComparison.Ordinal))
        {
            return value;
        }

        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(value.Length)];
        var length = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] != '%')
            {
                length += Encoding.UTF8.GetBytes(value.AsSpan(i, 1), bytes.AsSpan(length));
            }
            else if (i + 2 < value.Length && char.IsAsciiHexDigit(value[i + 1]) && char.IsAsciiHexDigit(value[i + 2]))
            {
                bytes[length++] = Convert.FromHexString(value.AsSpan(i + 1, 2))[0];
                i += 2;
            }
            else
            {
                return null;
            }
        }

        try
        {
            return StrictUtf8.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
}
