using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;

namespace Lucid.ServiceDefaults.Errors;

/// <summary>The edge of a request: whatever goes wrong inside leaves as an error answer without internals.</summary>
internal sealed partial class ErrorMiddleware(RequestDelegate next, ErrorWriter writer, ILogger<ErrorMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return;
        }
        catch (Exception e)
        {
            var report = ReportOf(context, e);
            if (report.Code.HttpStatus >= 500)
            {
                LogFailed(e, context.Request.Method, TemplateOf(context), report.Code.Code);
            }

            if (context.Response.HasStarted)
            {
                context.Abort(); // the head is gone: a cut connection is the only honest end
                return;
            }

            context.Response.Clear();
            context.Response.Headers[LucidHeaders.RequestId] = context.TraceIdentifier;
            await writer.WriteAsync(context, report).ConfigureAwait(false);
            return;
        }

        if (NeedsBody(context) && BareStatus(context) is { } bare)
        {
            await writer.WriteAsync(context, bare).ConfigureAwait(false);
        }
    }

    private static bool NeedsBody(HttpContext context) =>
        context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null or 0 };

    private static ErrorReport ReportOf(HttpContext context, Exception exception) => exception switch
    {
        LucidException e => new ErrorReport(e.Code, e.Message) { Reason = e.Reason, RetryAfter = e.RetryAfter },
        BadHttpRequestException { InnerException: JsonException json } => BadJson(json),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => TooLarge(context),
        BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } =>
            new ErrorReport(LucidErrors.UnsupportedMediaType, "Send the body as application/json."),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } =>
            new ErrorReport(LucidErrors.InvalidRequest, "The body arrived too slowly; send it again."),
        BadHttpRequestException => new ErrorReport(
            LucidErrors.InvalidRequest, "A parameter or the body is missing or malformed; compare the request with the API description.") { Reason = "malformed_request" },
        _ => new ErrorReport(LucidErrors.Internal, "The service failed; try again, and report the request id if it stays."),
    };

    private static ErrorReport BadJson(JsonException json)
    {
        var (constraint, message) = json.Message switch
        {
            var m when m.Contains("could not be mapped", StringComparison.Ordinal) => ("unknown_member", "This member is not known here; leave it out."),
            var m when m.Contains("missing required", StringComparison.Ordinal) => ("required", MissingMembers(m)),
            var m when m.Contains("uplicate", StringComparison.Ordinal) => ("duplicate_member", "The member is given twice."),
            var m when m.Contains("depth", StringComparison.OrdinalIgnoreCase) => ("max_depth", $"The body is nested deeper than {JsonDefaults.Strict.MaxDepth} levels."),
            var m when m.Contains("could not be converted", StringComparison.Ordinal) || m.Contains("null", StringComparison.Ordinal) => ("type", "The value has the wrong type."),
            _ => ("syntax", "The body is not well-formed JSON (RFC 8259)."),
        };
        var code = constraint switch { "syntax" or "max_depth" => LucidErrors.BadJson, "required" => LucidErrors.MissingField, _ => LucidErrors.InvalidRequest };
        return new ErrorReport(code, "Correct the fields named in details.errors and send the request again.")
        {
            Reason = constraint,
            Fields = [new FieldError(FieldOf(json.Path), constraint, message)],
        };
    }

    private static string FieldOf(string? path) => string.IsNullOrEmpty(path) || path == "$" ? "body" : path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path;

    // "... was missing required properties including: 'name', 'size'." names our own members only, never values.
    private static string MissingMembers(string message)
    {
        var at = message.IndexOf(':', StringComparison.Ordinal);
        return at < 0 ? "A required member is missing." : $"Missing:{message[(at + 1)..].TrimEnd('.')}.";
    }

    private static ErrorReport TooLarge(HttpContext context)
    {
        var limit = context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize ?? LucidService.MaxRequestBody;
        return new ErrorReport(LucidErrors.TooLarge, $"The body may have at most {limit} bytes.")
        {
            Details = new Dictionary<string, object?> { ["limit_bytes"] = limit },
        };
    }

    private static ErrorReport? BareStatus(HttpContext context) => context.Response.StatusCode switch
    {
        400 => new ErrorReport(LucidErrors.InvalidRequest, "The request is malformed."),
        401 => new ErrorReport(LucidErrors.CredentialsInvalid, "Log in and send the access token as a bearer token."),
        403 => new ErrorReport(LucidErrors.Forbidden, "You are not allowed to do this."),
        404 => new ErrorReport(LucidErrors.NotFound, "Nothing is served at this path."),
        405 => new ErrorReport(LucidErrors.MethodNotAllowed, "Use one of the methods in the Allow header."),
        413 => TooLarge(context),
        415 => new ErrorReport(LucidErrors.UnsupportedMediaType, "Send the body as application/json."),
        429 => new ErrorReport(LucidErrors.RateLimited, "Wait before the next request."),
        503 => new ErrorReport(LucidErrors.Unavailable, "Try again later."),
        >= 500 => new ErrorReport(LucidErrors.Internal, "The service failed; try again, and report the request id if it stays."),
        _ => null,
    };

    private static string TemplateOf(HttpContext context) => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "unmatched";
}
