using Lucid.Contracts.Errors;
using Lucid.ServiceDefaults;
using Microsoft.Net.Http.Headers;

namespace Lucid.SessionApi.Endpoints;

/// <summary>Another service's answer as ours: status, the headers that describe the content, and the body as a stream.</summary>
internal static class Relay
{
    private static readonly string[] Kept =
        [HeaderNames.ContentType, HeaderNames.ContentLength, HeaderNames.ContentRange, HeaderNames.AcceptRanges, HeaderNames.ETag, HeaderNames.ContentDisposition];

    /// <summary>An error of ours is read and written again, so that it names this request; anything else passes as it is.</summary>
    public static async Task<IResult> AnswerAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if ((int)response.StatusCode >= 400 && response.StatusCode != System.Net.HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            using (response)
            {
                return (await response.ReadErrorAsync(cancellationToken)).ToResult();
            }
        }

        return new Streamed(response);
    }

    private sealed class Streamed(HttpResponseMessage response) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            using (response)
            {
                httpContext.Response.StatusCode = (int)response.StatusCode;
                foreach (var name in Kept)
                {
                    if (response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values))
                    {
                        httpContext.Response.Headers[name] = string.Join(", ", values);
                    }
                }

                await response.Content.CopyToAsync(httpContext.Response.Body, httpContext.RequestAborted);
            }
        }
    }

    public static IResult StoreIsAway { get; } =
        LucidResults.Error(LucidErrors.Unavailable, "The store does not answer; try again.", "storage_unavailable");
}
