using System.Net;
using Microsoft.AspNetCore.Http.Features;

namespace Lucid.Sidecar.Actors;

/// <summary>
/// Path parameters as daprd sees them: the escaped path is cleaned (empty and dot segments), split, and each segment is unescaped once
/// with query rules (<c>+</c> is a space). ASP.NET's route values keep <c>%2F</c>, so they cannot tell it from <c>%252F</c>.
/// </summary>
internal static class EscapedPath
{
    /// <summary>The segments behind <c>/v1.0/actors/</c>, or null when the target has another shape.</summary>
    public static IReadOnlyList<string>? BehindActors(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!target.StartsWith('/'))
        {
            target = Uri.TryCreate(target, UriKind.Absolute, out var absolute) ? absolute.AbsolutePath : context.Request.Path.ToUriComponent();
        }

        var query = target.IndexOf('?', StringComparison.Ordinal);
        var segments = new List<string>();
        foreach (var segment in (query < 0 ? target : target[..query]).Split('/'))
        {
            if (segment == "..")
            {
                segments.RemoveRange(Math.Max(segments.Count - 1, 0), Math.Min(segments.Count, 1));
            }
            else if (segment is not ("" or "."))
            {
                segments.Add(segment);
            }
        }

        return segments is ["v1.0", "actors", ..] ? [.. segments.Skip(2).Select(WebUtility.UrlDecode)!] : null;
    }
}
