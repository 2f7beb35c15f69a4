namespace Lucid.Sidecar.Resources;

/// <summary>The URL of a collector from daprd's <c>host:port</c>.</summary>
internal static class OtlpUrl
{
    private const string TracesPath = "/v1/traces";

    /// <param name="address">host:port; a scheme before it is dropped, a path behind it kept.</param>
    /// <param name="isBase">The path is that of all signals, to which that of traces is added.</param>
    /// <returns>Null when that makes no URL.</returns>
    public static Uri? TryMake(string address, string protocol, bool secure, bool isBase = false)
    {
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        var bare = scheme < 0 ? address : address[(scheme + 3)..];
        if (!Uri.TryCreate($"{(secure ? "https" : "http")}://{bare}", UriKind.Absolute, out var url) || url.Host.Length == 0)
        {
            return null;
        }

        return protocol == "http" && (isBase || url.AbsolutePath is "/") ? new Uri(url, url.AbsolutePath.TrimEnd('/') + TracesPath) : url;
    }
}
