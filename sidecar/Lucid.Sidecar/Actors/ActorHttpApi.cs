using System.Globalization;
using System.Text.Json;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Actors;

/// <summary>The actor API over HTTP (<c>/v1.0/actors/{type}/{id}/…</c>). POST and PUT are equal.</summary>
public static class ActorHttpApi
{
    private static readonly string[] Write = ["POST", "PUT"];
    private static readonly string[] Call = ["GET", "POST", "PUT", "DELETE"];

    public static void Map(IEndpointRouteBuilder routes, ActorEngine engine)
    {
        var maxBodySize = engine.MaxBodySize;
        var group = routes.MapGroup("/v1.0/actors/{actorType}/{actorId}");

        group.MapMethods("method/{method}", Call, async (HttpContext http) =>
        {
            var (type, id, method) = Target(http);
            var response = await engine.InvokeAsync(
                new ActorRequest(type, id, method)
                {
                    Query = http.Request.QueryString.Value ?? "",
                    Headers = EndToEnd(http.Request.Headers),
                    Body = await ReadAsync(http, maxBodySize),
                },
                http.RequestAborted);
            await RespondAsync(http, response);
        });

        group.MapGet("state/{key}", async (HttpContext http) =>
        {
            var (type, id, key) = Target(http);
            if (await engine.GetStateAsync(type, id, key, http.RequestAborted) is not { Data.IsEmpty: false } value)
            {
                http.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }

            if (value.ExpiresAt is { } expiry)
            {
                http.Response.Headers["metadata.ttlExpireTime"] = expiry.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            }

            await RespondJsonAsync(http, value.Data);
        });

        group.MapMethods("state", Write, async (HttpContext http) =>
        {
            var (type, id, _) = Target(http);
            var operations = await ParseAsync(http, maxBodySize, Operations);
            await engine.TransactAsync(type, id, operations, http.RequestAborted);
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        });

        group.MapMethods("reminders/{name}", Write, async (HttpContext http) =>
        {
            var (type, id, name) = Target(http);
            var request = await ParseAsync(http, maxBodySize, body => new ReminderRequest(
                type, id, name, Json.Text(body, "dueTime"), Json.Text(body, "period"), Json.Text(body, "ttl"), Json.Raw(body, "data"),
                Json.Property(body, "overwrite") is not { ValueKind: JsonValueKind.False }));
            await engine.CreateReminderAsync(request, http.RequestAborted);
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        });

        group.MapGet("reminders/{name}", async (HttpContext http) =>
        {
            var (type, id, name) = Target(http);
            await RespondJsonAsync(http, Show(await engine.GetReminderAsync(type, id, name, http.RequestAborted)));
        });

        group.MapDelete("reminders/{name}", async (HttpContext http) =>
        {
            var (type, id, name) = Target(http);
            await engine.DeleteReminderAsync(type, id, name, http.RequestAborted);
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        });

        group.MapMethods("timers/{name}", Write, async (HttpContext http) =>
        {
            var (type, id, name) = Target(http);
            var request = await ParseAsync(http, maxBodySize, body => new TimerRequest(
                type, id, name, Json.Text(body, "callback"), Json.Text(body, "dueTime"), Json.Text(body, "period"), Json.Text(body, "ttl"), Json.Raw(body, "data")));
            engine.CreateTimer(request);
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        });

        group.MapDelete("timers/{name}", (HttpContext http) =>
        {
            var (type, id, name) = Target(http);
            engine.DeleteTimer(type, id, name);
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        });
    }

    /// <summary>Type, id and the last segment (method, key or name; the word <c>state</c> for transactions).</summary>
    private static (string Type, string Id, string Last) Target(HttpContext http) =>
        EscapedPath.BehindActors(http) switch
        {
            [var type, var id, _, var last] => (type, id, last),
            [var type, var id, var last] => (type, id, last),
            _ => throw new DaprApiException(ActorErrors.BadRequest("path of an actor request must be /v1.0/actors/{type}/{id}/…")),
        };

    private static List<ActorStateOperation> Operations(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException("an array of operations is expected");
        }

        var operations = new List<ActorStateOperation>(body.GetArrayLength());
        foreach (var item in body.EnumerateArray())
        {
            var request = Json.Property(item, "request") is { ValueKind: JsonValueKind.Object } given ? given : throw new JsonException("request must be an object");
            operations.Add(ActorStateOperation.Parse(Json.Text(item, "operation"), Json.Text(request, "key"), Json.Raw(request, "value"), TimeToLive(request)));
        }

        return operations;
    }

    private static string? TimeToLive(JsonElement request) =>
        Json.Property(request, "metadata") is { ValueKind: JsonValueKind.Object } metadata && Json.Property(metadata, "ttlInSeconds") is { } ttl
            ? ttl.ValueKind == JsonValueKind.String ? ttl.GetString() : ttl.GetRawText()
            : null;

    private static byte[] Show(ReminderView reminder)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("actorID", reminder.ActorId);
            json.WriteString("actorType", reminder.ActorType);
            if (!reminder.Data.IsEmpty)
            {
                json.WritePropertyName("data");
                json.WriteRawValue(reminder.Data.Span);
            }

            foreach (var (name, value) in new[] { ("dueTime", reminder.DueTime), ("period", reminder.Period), ("ttl", reminder.ExpiresAt) })
            {
                if (!string.IsNullOrEmpty(value))
                {
                    json.WriteString(name, value);
                }
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static async Task<T> ParseAsync<T>(HttpContext http, long maxBodySize, Func<JsonElement, T> read)
    {
        var body = await ReadAsync(http, maxBodySize);
        try
        {
            using var document = JsonDocument.Parse(body);
            return read(document.RootElement);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new DaprApiException(ActorErrors.MalformedRequest(failure.Message), failure);
        }
    }

    /// <summary>The whole body: actor calls are not streamed.</summary>
    private static async Task<byte[]> ReadAsync(HttpContext http, long maxBodySize)
    {
        var announced = http.Request.ContentLength ?? 0;
        if (announced <= maxBodySize)
        {
            var buffer = new MemoryStream((int)announced);
            var chunk = new byte[16 * 1024];
            int read;
            while ((read = await http.Request.Body.ReadAsync(chunk, http.RequestAborted)) > 0)
            {
                buffer.Write(chunk, 0, read);
                if (buffer.Length > maxBodySize)
                {
                    break;
                }
            }

            if (buffer.Length <= maxBodySize)
            {
                return buffer.Length == announced ? buffer.GetBuffer() : buffer.ToArray();
            }
        }

        throw new DaprApiException(ActorErrors.BadRequest($"failed to read body: it is larger than {maxBodySize} bytes"));
    }

    private static List<KeyValuePair<string, string>> EndToEnd(IHeaderDictionary headers)
    {
        var kept = new List<KeyValuePair<string, string>>(headers.Count);
        var named = headers.Connection.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var (name, values) in headers)
        {
            if (HopByHop.Contains(name) || named.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                continue;
            }

            foreach (var value in values)
            {
                kept.Add(KeyValuePair.Create(name, value ?? ""));
            }
        }

        return kept;
    }

    private static async Task RespondAsync(HttpContext http, ActorResponse response)
    {
        http.Response.StatusCode = response.Status;
        foreach (var (name, value) in response.Headers)
        {
            http.Response.Headers.Append(name, value);
        }

        http.Response.ContentLength = response.Body.Length;
        await http.Response.Body.WriteAsync(response.Body, http.RequestAborted);
    }

    private static async Task RespondJsonAsync(HttpContext http, ReadOnlyMemory<byte> json)
    {
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = json.Length;
        await http.Response.Body.WriteAsync(json, http.RequestAborted);
    }
}
