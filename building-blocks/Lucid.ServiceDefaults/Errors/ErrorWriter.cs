using System.Globalization;
using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace Lucid.ServiceDefaults.Errors;

/// <summary>Writes an error report as the envelope, or as RFC 9457 when the caller prefers that.</summary>
internal sealed class ErrorWriter(ServiceRuntime runtime, TimeProvider clock)
{
    private const string Problem = "application/problem+json";

    public async Task WriteAsync(HttpContext context, ErrorReport report)
    {
        var response = context.Response;
        response.StatusCode = report.Code.HttpStatus;
        if (response.StatusCode == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = report.Challenge is { } challenge ? $"Bearer realm=\"lucid\", error=\"{challenge}\"" : "Bearer realm=\"lucid\"";
        }

        if (report.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        var asProblem = PrefersProblem(context.Request);
        response.ContentType = asProblem ? Problem : "application/json; charset=utf-8";
        var body = JsonSerializer.SerializeToUtf8Bytes(asProblem ? ProblemOf(context, report) : EnvelopeOf(context, report), JsonDefaults.Tolerant);
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    private Dictionary<string, object?> EnvelopeOf(HttpContext context, ErrorReport report) => new()
    {
        ["error"] = new ErrorBody(
            report.Code.Code,
            report.Message,
            JsonSerializer.SerializeToElement(DetailsOf(report), JsonDefaults.Tolerant),
            context.TraceIdentifier,
            clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            runtime.ServiceName,
            "v1"),
    };

    private static Dictionary<string, object?> ProblemOf(HttpContext context, ErrorReport report)
    {
        var problem = DetailsOf(report);
        problem["type"] = $"urn:lucid:error:{report.Code.Code}";
        problem["title"] = report.Code.Title;
        problem["status"] = report.Code.HttpStatus;
        problem["detail"] = report.Message;
        problem["instance"] = $"urn:uuid:{context.TraceIdentifier}";
        problem["code"] = report.Code.Code;
        return problem;
    }

    private static Dictionary<string, object?> DetailsOf(ErrorReport report)
    {
        var details = report.Details is null ? [] : new Dictionary<string, object?>(report.Details);
        if (report.Reason is not null)
        {
            details["reason"] = report.Reason;
        }

        if (report.Fields is not null)
        {
            details["errors"] = report.Fields;
        }

        return details;
    }

    /// <summary>RFC 9110 §12.5.1, reduced to the two forms we have: problem+json only when it is named with a higher weight than JSON.</summary>
    private static bool PrefersProblem(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted))
        {
            return false;
        }

        var problem = Weight(accepted, Problem);
        var json = Weight(accepted, "application/json");
        return problem > json;
    }

    private static double Weight(IList<MediaTypeHeaderValue> accepted, string mediaType) => accepted
        .Where(type => type.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase))
        .Select(type => type.Quality ?? 1)
        .DefaultIfEmpty(0)
        .Max();
}
