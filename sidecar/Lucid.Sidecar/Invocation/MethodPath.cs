using System.Buffers;
using System.Text;
using Grpc.Core;
using Lucid.Sidecar.Hosting;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Invocation;

/// <summary>
/// The method of an invocation: <paramref name="Operation"/> is what access control judges, <paramref name="Dispatch"/> the same text
/// escaped again for the request line, both without leading slash. One is made from the other, so that the app serves the path that was judged.
/// </summary>
internal readonly record struct MethodPath(string Operation, string Dispatch)
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~./");

    // RFC 3986 pchar without the percent sign, and the slash between segments.
    private static readonly SearchValues<byte> PathBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~./!$&'()*+,;=:@"u8);

    /// <summary>From the escaped text of an HTTP path.</summary>
    /// <exception cref="DaprApiException">400 for a percent sign that would be decoded a second time, 500 for forbidden characters.</exception>
    public static MethodPath FromEscaped(string target, string escaped)
    {
        if (escaped.Length > 0 && escaped[0] is not ('.' or '/') && escaped[^1] != '/' && escaped.AsSpan().IndexOfAnyExcept(Plain) < 0
            && !escaped.Contains("//", StringComparison.Ordinal) && !escaped.Contains("/.", StringComparison.Ordinal))
        {
            return new MethodPath(escaped, escaped);
        }

        var decoded = EscapedPath.Unescape(escaped) ?? throw Refused(target, $"method has a malformed escape: \"{escaped}\"", 400);
        return FromText(target, decoded);
    }

    /// <summary>From text that is not escaped, as <c>InvokeService</c> carries it.</summary>
    public static MethodPath FromText(string target, string text)
    {
        foreach (var c in text)
        {
            if (c is '#' or '?' or '\0')
            {
                throw Refused(target, "method contains a forbidden character", 500);
            }

            if (c is < ' ' or '\x7f')
            {
                throw Refused(target, "method contains a control character", 500);
            }
        }

        var percent = text.IndexOf('%', StringComparison.Ordinal);
        if (percent >= 0)
        {
            // An escape that survives one decoding would be judged as one path here and served as another by the app.
            var hex = percent + 2 < text.Length && char.IsAsciiHexDigit(text[percent + 1]) && char.IsAsciiHexDigit(text[percent + 2]);
            throw Refused(target, "method contains a percent sign after decoding", hex ? 400 : 500);
        }

        var operation = EscapedPath.Clean("/" + text)[1..];
        return new MethodPath(operation, Escape(operation));
    }

    private static string Escape(string operation)
    {
        if (operation.AsSpan().IndexOfAnyExcept(Plain) < 0)
        {
            return operation;
        }

        var builder = new StringBuilder(operation.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(operation))
        {
            if (PathBytes.Contains(b))
            {
                builder.Append((char)b);
            }
            else
            {
                builder.Append('%').Append(b.ToString("X2", null));
            }
        }

        return builder.ToString();
    }

    private static DaprApiException Refused(string target, string why, int status) =>
        new(InvocationErrors.Failed(target, StatusCode.InvalidArgument, why, status));
}
