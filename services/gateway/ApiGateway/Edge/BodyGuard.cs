using System.Net.Http.Headers;
using Lucid.Contracts.Access;
using Lucid.Contracts.Errors;
using Lucid.ServiceDefaults;
using Microsoft.AspNetCore.Http.Features;

namespace Lucid.ApiGateway.Edge;

/// <summary>Step 4, second half: is there a body where one may be, of the right media type and length. Nothing of it is read here.</summary>
internal sealed class BodyGuard(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (EdgeRequest.Of(context).Route is not { } route)
        {
            return next(context);
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = route.MaxBody;
        }

        return Judge(context.Request, route) is { } refusal ? context.RefuseAsync(refusal) : next(context);
    }

    private static IResult? Judge(HttpRequest request, PublicRoute route)
    {
        var hasBody = request.ContentLength is > 0 || request.Headers.TransferEncoding.Count > 0;
        if (request.ContentLength > route.MaxBody)
        {
            var details = new Dictionary<string, object?> { ["limit_bytes"] = route.MaxBody };
            return LucidResults.Error(route.IsBinary ? LucidErrors.ChunkSize : LucidErrors.TooLarge, $"The body may have at most {route.MaxBody} bytes.", details: details);
        }

        if (route.IsBinary && request.ContentLength is null)
        {
            return LucidResults.Error(LucidErrors.MissingField, "Send Content-Length with the body.", "length_required");
        }

        if (!hasBody)
        {
            return null;
        }

        if (route.Verb == "GET")
        {
            return LucidResults.Error(LucidErrors.InvalidRequest, "Send GET without a body.", "unexpected_body");
        }

        var expected = route.IsBinary ? "application/octet-stream" : "application/json";
        return MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && string.Equals(type.MediaType, expected, StringComparison.OrdinalIgnoreCase)
            ? null
            : LucidResults.Error(LucidErrors.UnsupportedMediaType, $"Send the body as {expected}.");
    }
}
