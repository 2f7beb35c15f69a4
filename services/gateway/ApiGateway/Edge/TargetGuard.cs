using Lucid.ApiGateway.Routing;
using Lucid.Contracts.Access;
using Lucid.Contracts.Errors;
using Lucid.ServiceDefaults;
using Microsoft.AspNetCore.Http.Features;

namespace Lucid.ApiGateway.Edge;

/// <summary>
/// Step 4, first half: verb, length and spelling of the target, ambiguous framing. A route counts only when the raw path is exactly its
/// template with single, plain segments: what the policy judged is what the owner gets.
/// </summary>
internal sealed class TargetGuard(RequestDelegate next)
{
    /// <summary>Longest request target in bytes.</summary>
    public const int MaxTarget = 8 << 10;

    private static readonly string[] Verbs = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!Verbs.Contains(request.Method))
        {
            return context.RefuseAsync(LucidResults.Error(LucidErrors.MethodNotAllowed, "Use a method of the API description."));
        }

        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target.Length > MaxTarget)
        {
            return Refuse(context, "Shorten the address to 8 KiB.", "target_too_long");
        }

        // Kestrel keeps the length of a chunked request under this name: two framings are one too many (RFC 9112 §6.3).
        if (request.Headers.ContainsKey("X-Content-Length") || (request.Headers.TransferEncoding.Count > 0 && request.ContentLength is not null))
        {
            return Refuse(context, "Send Content-Length or Transfer-Encoding, not both.", "ambiguous_length");
        }

        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target[..query];
        if (!RawPath.TryRead(path, out var segments))
        {
            return Refuse(context, "Write the path with plain segments: no '//', no dots alone, no encoded separators.", "ambiguous_path");
        }

        var binding = context.GetEndpoint()?.Metadata.GetMetadata<RouteBinding>();
        var targetPath = binding?.Bind(segments);
        if (binding is not null && targetPath is null)
        {
            context.SetEndpoint(null); // another spelling (case, trailing slash) is another path
        }

        context.Features.Set(new EdgeRequest { Route = targetPath is null ? null : binding!.Route, TargetPath = targetPath ?? "" });
        return next(context);
    }

    private static Task Refuse(HttpContext context, string message, string reason) =>
        context.RefuseAsync(LucidResults.Error(LucidErrors.InvalidRequest, message, reason));
}
