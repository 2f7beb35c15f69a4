using System.Text.Json;

namespace Lucid.Sidecar.Secrets;

/// <summary><c>/v1.0/secrets/{store}/{key}</c> and <c>/bulk</c>.</summary>
public static class SecretHttpApi
{
    public static void Map(IEndpointRouteBuilder routes, SecretEngine engine)
    {
        routes.MapGet("/v1.0/secrets/{store}/bulk", context => GetAllAsync(context, engine));
        routes.MapGet("/v1.0/secrets/{store}/{key}", context => GetAsync(context, engine));
    }

    private static async Task GetAsync(HttpContext context, SecretEngine engine)
    {
        var values = await engine.GetAsync(Route(context, "store"), Route(context, "key"), context.RequestAborted).ConfigureAwait(false);
        await using var writer = Json(context);
        Write(writer, values);
    }

    private static async Task GetAllAsync(HttpContext context, SecretEngine engine)
    {
        var secrets = await engine.GetAllAsync(Route(context, "store"), context.RequestAborted).ConfigureAwait(false);
        await using var writer = Json(context);
        writer.WriteStartObject();
        foreach (var (name, values) in secrets)
        {
            writer.WritePropertyName(name);
            Write(writer, values);
        }

        writer.WriteEndObject();
    }

    private static Utf8JsonWriter Json(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        return new Utf8JsonWriter(context.Response.BodyWriter);
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> values)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in values)
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    }

    private static string Route(HttpContext context, string name) => Hosting.EscapedPath.UnescapeAsQuery((string?)context.GetRouteValue(name) ?? "");
}
