using System.Text;
using Lucid.Sidecar.Hosting;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Invocation;

/// <summary>Finds app and method in an HTTP request: header <c>dapr-app-id</c>, then Basic credentials, then <c>/v1.0/invoke/{app}/method/{method}</c>.</summary>
internal static class InvocationHttpApi
{
    public const string Prefix = "/v1.0/invoke/";
    private const string MethodSegment = "/method/";

    /// <param name="rawPath">Escaped and not yet cleaned: the method keeps its spelling until it is normalised.</param>
    /// <exception cref="DaprApiException">No app is named.</exception>
    public static Task HandleAsync(HttpContext http, InvocationEngine engine, string rawPath)
    {
        if (http.Request.Headers.TryGetValue(Forwarding.AppIdHeader, out var header) && header.ToString() is { Length: > 0 } named)
        {
            return engine.ForwardAsync(http, named, rawPath);
        }

        if (AppOfBasic(http.Request.Headers.Authorization.ToString()) is { } user)
        {
            return user.Length > 0 ? engine.ForwardAsync(http, user, rawPath) : throw new DaprApiException(InvocationErrors.NoAppId);
        }

        var start = AfterPrefix(rawPath);
        var end = start < 0 ? -1 : rawPath.IndexOf(MethodSegment, start, StringComparison.Ordinal);
        if (end <= start)
        {
            throw new DaprApiException(InvocationErrors.NoAppId);
        }

        return engine.ForwardAsync(http, EscapedPath.UnescapeAsQuery(rawPath[start..end]), rawPath[(end + MethodSegment.Length)..]);
    }

    /// <summary>Index behind <c>v1.0/invoke/</c> with any number of slashes around its parts; negative when the path does not begin so.</summary>
    private static int AfterPrefix(string path)
    {
        var index = 0;
        foreach (var part in (ReadOnlySpan<string>)["v1.0", "invoke"])
        {
            index = SkipSlashes(path, index);
            if (!path.AsSpan(index).StartsWith(part + "/", StringComparison.Ordinal))
            {
                return -1;
            }

            index += part.Length;
        }

        return SkipSlashes(path, index);
    }

    private static int SkipSlashes(string path, int index)
    {
        while (index < path.Length && path[index] == '/')
        {
            index++;
        }

        return index;
    }

    /// <summary>
    /// The app in the credentials <c>dapr-app-id:app</c>, which clients make of <c>http://dapr-app-id:app@localhost:3500/method</c>; null when
    /// they are somebody's own. The header goes on to the app, as daprd has it.
    /// </summary>
    private static string? AppOfBasic(string authorization)
    {
        const string scheme = "Basic ";
        var buffer = new byte[authorization.Length];
        if (!authorization.StartsWith(scheme, StringComparison.Ordinal) || !Convert.TryFromBase64String(authorization[scheme.Length..], buffer, out var length))
        {
            return null;
        }

        var pair = Encoding.UTF8.GetString(buffer, 0, length).Split(':');
        return pair is [var name, var app] && name.Equals(Forwarding.AppIdHeader, StringComparison.OrdinalIgnoreCase) ? app : null;
    }
}
