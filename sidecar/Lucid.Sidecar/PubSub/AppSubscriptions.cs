using System.Net;
using System.Text.Json;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.PubSub;

/// <summary>Reads <c>GET /dapr/subscribe</c>; names in its JSON are compared without case, as Go does.</summary>
internal static class AppSubscriptions
{
    private const int Retries = 3;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>The app's subscriptions; none when it answers 404.</summary>
    /// <exception cref="HttpRequestException">No usable answer after the retries.</exception>
    /// <exception cref="JsonException">The answer is not a list of subscriptions.</exception>
    public static async Task<IReadOnlyList<SubscriptionResource>> FetchAsync(IAppChannel app, TimeProvider time, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/dapr/subscribe", UriKind.Relative));
                using var response = await app.SendAsync(request, cancellationToken).ConfigureAwait(false);
                if (response.StatusCode is HttpStatusCode.NotFound)
                {
                    return [];
                }

                if (response.StatusCode is not HttpStatusCode.OK)
                {
                    throw new HttpRequestException($"the app answered {(int)response.StatusCode} to GET /dapr/subscribe", null, response.StatusCode);
                }

                return Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
            }
            catch (HttpRequestException failure) when (failure.StatusCode is null && attempt < Retries)
            {
                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
                pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
            }
        }
    }

    public static IReadOnlyList<SubscriptionResource> Parse(ReadOnlyMemory<byte> json)
    {
        if (json.Length == 0)
        {
            throw new JsonException("the answer to GET /dapr/subscribe is empty");
        }

        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind switch
        {
            JsonValueKind.Null => [],
            JsonValueKind.Array => [.. document.RootElement.EnumerateArray().Select(Read)],
            _ => throw new JsonException("the answer to GET /dapr/subscribe is not an array"),
        };
    }

    private static SubscriptionResource Read(JsonElement item)
    {
        if (item.ValueKind is not JsonValueKind.Object)
        {
            throw new JsonException("a subscription is not an object");
        }

        var routes = Object(item, "routes");
        return new SubscriptionResource(Text(item, "pubsubname") ?? "", Text(item, "topic") ?? "")
        {
            Rules = routes is { } given ? Rules(given) : [],
            DefaultRoute = (routes is { } with ? Text(with, "default") : null) is { Length: > 0 } fallback ? fallback : Text(item, "route"),
            DeadLetterTopic = Text(item, "deadLetterTopic"),
            Metadata = Metadata(item),
            BulkSubscribe = Object(item, "bulkSubscribe") is { } bulk ? Bulk(bulk) : null,
        };
    }

    private static List<SubscriptionRule> Rules(JsonElement routes)
    {
        List<SubscriptionRule> rules = [];
        if (Find(routes, "rules") is { ValueKind: JsonValueKind.Array } list)
        {
            foreach (var rule in list.EnumerateArray().Where(rule => rule.ValueKind is JsonValueKind.Object))
            {
                rules.Add(new SubscriptionRule(Text(rule, "match") ?? "", Text(rule, "path") ?? ""));
            }
        }

        return rules;
    }

    private static Dictionary<string, string> Metadata(JsonElement item)
    {
        Dictionary<string, string> metadata = [];
        if (Object(item, "metadata") is { } given)
        {
            foreach (var pair in given.EnumerateObject())
            {
                metadata[pair.Name] = pair.Value.ValueKind is JsonValueKind.String ? pair.Value.GetString()! : pair.Value.GetRawText();
            }
        }

        return metadata;
    }

    private static BulkSubscribeSpec Bulk(JsonElement bulk) => new(
        Find(bulk, "enabled") is { ValueKind: JsonValueKind.True },
        Find(bulk, "maxMessagesCount") is { ValueKind: JsonValueKind.Number } count && count.GetInt32() is > 0 and var messages ? messages : 100,
        Find(bulk, "maxAwaitDurationMs") is { ValueKind: JsonValueKind.Number } wait && wait.GetInt32() is > 0 and var milliseconds ? milliseconds : 1000);

    private static JsonElement? Find(JsonElement item, string name) => PublishHttpApi.Property(item, name);

    private static JsonElement? Object(JsonElement item, string name) => Find(item, name) is { ValueKind: JsonValueKind.Object } found ? found : null;

    private static string? Text(JsonElement item, string name) => Find(item, name) switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => throw new JsonException($"{name} is not a string"),
    };
}
