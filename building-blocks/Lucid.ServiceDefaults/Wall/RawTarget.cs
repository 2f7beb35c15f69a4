namespace Lucid.ServiceDefaults.Wall;

/// <summary>
/// Refuses request targets that two parsers may read differently: a percent-encoded percent sign or unreserved character
/// (RFC 3986 §2.3; the dot is one) is judged as one route by a sidecar and served as another by Kestrel (dapr-contract §3.6).
/// </summary>
internal static class RawTarget
{
    public static bool IsAmbiguous(ReadOnlySpan<char> target)
    {
        var query = target.IndexOf('?');
        var path = query < 0 ? target : target[..query];
        for (var at = path.IndexOf('%'); at >= 0;)
        {
            if (at + 2 >= path.Length || !char.IsAsciiHexDigit(path[at + 1]) || !char.IsAsciiHexDigit(path[at + 2]))
            {
                return true;
            }

            var decoded = (char)((FromHex(path[at + 1]) << 4) | FromHex(path[at + 2]));
            if (decoded == '%' || char.IsAsciiLetterOrDigit(decoded) || decoded is '-' or '.' or '_' or '~')
            {
                return true;
            }

            path = path[(at + 3)..];
            at = path.IndexOf('%');
        }

        return false;
    }

    private static int FromHex(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
