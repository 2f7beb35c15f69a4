using System.Text.Json;
using Lucid.Sidecar.Hosting;

namespace Lucid.Sidecar.Metadata;

/// <summary>GET <c>/v1.0/metadata</c> and PUT <c>/v1.0/metadata/{key}</c> with the value as raw text.</summary>
public static class MetadataHttpApi
{
    public static void Map(IEndpointRouteBuilder routes, MetadataEngine engine)
    {
        routes.MapGet("/v1.0/metadata", async context =>
        {
            context.Response.ContentType = "application/json";
            var json = new Utf8JsonWriter(context.Response.BodyWriter);
            await using (json.ConfigureAwait(false))
            {
                Write(json, engine.Get());
            }
        });
        routes.MapPut("/v1.0/metadata/{key}", async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            engine.Set(EscapedPath.UnescapeAsQuery((string)context.Request.RouteValues["key"]!), await reader.ReadToEndAsync(context.RequestAborted).ConfigureAwait(false));
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });
    }

    private static void Write(Utf8JsonWriter json, MetadataDocument document)
    {
        json.WriteStartObject();
        json.WriteString("id", document.Id);
        json.WriteString("runtimeVersion", document.RuntimeVersion);
        json.WriteStartArray("enabledFeatures");
        json.WriteEndArray();
        WriteActors(json, document.ActiveActors);
        json.WriteStartArray("components");
        foreach (var component in document.Components)
        {
            json.WriteStartObject();
            json.WriteString("name", component.Name);
            json.WriteString("type", component.Type);
            json.WriteString("version", component.Version);
            json.WriteStartArray("capabilities");
            foreach (var capability in component.Capabilities)
            {
                json.WriteStringValue(capability);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteMap(json, "extended", document.Extended);
        WriteSubscriptions(json, document.Subscriptions);
        if (document.App is { } app)
        {
            WriteApp(json, app);
        }

        json.WriteEndObject();
    }

    private static void WriteActors(Utf8JsonWriter json, IReadOnlyList<ActiveActors> actors)
    {
        json.WriteStartArray("actors");
        foreach (var actor in actors)
        {
            json.WriteStartObject();
            json.WriteString("type", actor.Type);
            json.WriteNumber("count", actor.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSubscriptions(Utf8JsonWriter json, IReadOnlyList<ActiveSubscription> subscriptions)
    {
        json.WriteStartArray("subscriptions");
        foreach (var subscription in subscriptions)
        {
            json.WriteStartObject();
            json.WriteString("pubsubname", subscription.PubSubName);
            json.WriteString("topic", subscription.Topic);
            WriteMap(json, "metadata", subscription.Metadata);
            json.WriteStartArray("rules");
            foreach (var (match, path) in subscription.Rules)
            {
                json.WriteStartObject();
                json.WriteString("match", match);
                json.WriteString("path", path);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("deadLetterTopic", subscription.DeadLetterTopic ?? "");
            json.WriteString("type", subscription.Kind);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteApp(Utf8JsonWriter json, AppConnection app)
    {
        json.WriteStartObject("appConnectionProperties");
        json.WriteNumber("port", app.Port);
        json.WriteString("protocol", app.Protocol);
        json.WriteString("channelAddress", app.ChannelAddress);
        if (app.MaxConcurrency > 0)
        {
            json.WriteNumber("maxConcurrency", app.MaxConcurrency);
        }

        if (app.HealthCheckPath is { } path)
        {
            json.WriteStartObject("health");
            json.WriteString("healthCheckPath", path);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteMap(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> map)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in map)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }
}
