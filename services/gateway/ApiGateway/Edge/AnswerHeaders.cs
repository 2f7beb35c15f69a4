namespace Lucid.ApiGateway.Edge;

/// <summary>Step 5: the headers every answer of the edge has (gateway §8), set last so that no owner overrides them.</summary>
internal sealed class AnswerHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(static state => Write((HttpContext)state), context);
        return next(context);
    }

    private static Task Write(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        headers.Remove("Server");
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
        }

        if (context.Features.Get<EdgeRequest>() is not { } request)
        {
            return Task.CompletedTask; // refused before it was looked at
        }

        if (request.User is not null)
        {
            headers.CacheControl = "no-store";
        }

        if (request.Challenge is { } error && context.Response.StatusCode == StatusCodes.Status401Unauthorized)
        {
            headers.WWWAuthenticate = $"Bearer realm=\"lucid\", error=\"{error}\"";
        }

        request.Rate?.WriteTo(headers);
        return Task.CompletedTask;
    }
}
