using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Lucid.ServiceDefaults.Clients;

/// <summary>The one place that repeats a call between services (DESIGN §3): at most three times after the first, 100 ms doubling with full jitter.</summary>
internal static class RetryPolicy
{
    private const int MaxRetries = 3;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);

    public static void AddLucidRetry(this IHttpClientBuilder client) => client.AddResilienceHandler("retry", pipeline => pipeline.AddRetry(new HttpRetryStrategyOptions
    {
        MaxRetryAttempts = MaxRetries,
        ShouldHandle = arguments => ValueTask.FromResult(
            MayRepeat(arguments.Context.GetRequestMessage()) && IsPassing(arguments.Outcome)),
        DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(FullJitter(FirstDelay * Math.Pow(2, arguments.AttemptNumber))),
    }));

    public static bool MayRepeat(HttpRequestMessage? request) =>
        request is not null && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || request.Headers.Contains(LucidHeaders.IdempotencyKey));

    private static bool IsPassing(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } } => true,
        { Result.StatusCode: HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout } => true,
        _ => false,
    };

    private static TimeSpan FullJitter(TimeSpan cap) => TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(1, (int)cap.TotalMilliseconds + 1));
}
