using System.Text.Json;
using Lucid.Sidecar.Hosting;

namespace Lucid.Sidecar.Locks;

/// <summary><c>/v1.0-alpha1/lock/{store}</c> and <c>unlock</c>.</summary>
public static class LockHttpApi
{
    public static void Map(IEndpointRouteBuilder routes, LockEngine engine)
    {
        routes.MapPost("/v1.0-alpha1/lock/{store}", async context =>
        {
            var request = await ReadAsync(context).ConfigureAwait(false);
            var success = await engine.TryLockAsync(Store(context), request.ResourceId, request.LockOwner, request.ExpiryInSeconds, context.RequestAborted).ConfigureAwait(false);
            await WriteAsync(context, writer => writer.WriteBoolean("success", success)).ConfigureAwait(false);
        });
        routes.MapPost("/v1.0-alpha1/unlock/{store}", async context =>
        {
            var request = await ReadAsync(context).ConfigureAwait(false);
            var status = await engine.UnlockAsync(Store(context), request.ResourceId, request.LockOwner, context.RequestAborted).ConfigureAwait(false);
            await WriteAsync(context, writer => writer.WriteNumber("status", (int)status)).ConfigureAwait(false);
        });
    }

    private static string Store(HttpContext context) => EscapedPath.UnescapeAsQuery((string?)context.GetRouteValue("store") ?? "");

    private static async Task<LockRequest> ReadAsync(HttpContext context)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<LockRequest>(context.Request.Body, JsonSerializerOptions.Web, context.RequestAborted).ConfigureAwait(false)
                ?? throw LockErrors.Malformed("the request is no JSON object with resourceId, lockOwner and expiryInSeconds");
        }
        catch (JsonException malformed)
        {
            throw LockErrors.Malformed("the request is no JSON object with resourceId, lockOwner and expiryInSeconds", malformed);
        }
    }

    private static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> member)
    {
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        writer.WriteStartObject();
        member(writer);
        writer.WriteEndObject();
    }

    private sealed record LockRequest(string ResourceId = "", string LockOwner = "", int ExpiryInSeconds = 0);
}
