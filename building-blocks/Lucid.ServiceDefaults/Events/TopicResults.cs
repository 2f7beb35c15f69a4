namespace Lucid.ServiceDefaults;

/// <summary>What a topic handler answers when "done" (nothing, or any 2xx) is not the word (dapr-contract §2.4).</summary>
public static class TopicResults
{
    /// <summary>Deliver again by the subscription's retry policy; an exception says the same.</summary>
    public static IResult Retry { get; } = new StatusResult("RETRY");

    /// <summary>Never deliver again: to the dead-letter topic. A <see cref="System.Text.Json.JsonException"/> says the same.</summary>
    public static IResult Drop { get; } = new StatusResult("DROP");

    private sealed class StatusResult(string status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.ContentType = "application/json";
            return httpContext.Response.WriteAsync($$"""{"status":"{{status}}"}""", httpContext.RequestAborted);
        }
    }
}
