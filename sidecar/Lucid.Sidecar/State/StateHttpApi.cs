using System.Text.Json;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.State;

/// <summary>
/// <c>/v1.0/state</c> and the alpha query route. Routes see the escaped path, so parameters are unescaped here, under the rules
/// of a query as daprd does it. Refusals leave as <see cref="DaprApiException"/>.
/// </summary>
public static class StateHttpApi
{
    private static readonly string[] WriteVerbs = [HttpMethods.Post, HttpMethods.Put];

    public static void Map(IEndpointRouteBuilder routes, StateEngine engine)
    {
        routes.MapGet("/v1.0/state/{store}/{key}", context => GetAsync(context, engine));
        routes.MapDelete("/v1.0/state/{store}/{key}", context => DeleteAsync(context, engine));
        routes.MapMethods("/v1.0/state/{store}", WriteVerbs, context => SaveAsync(context, engine));
        routes.MapMethods("/v1.0/state/{store}/bulk", WriteVerbs, context => GetBulkAsync(context, engine));
        routes.MapMethods("/v1.0/state/{store}/transaction", WriteVerbs, context => TransactAsync(context, engine));
        routes.MapMethods("/v1.0-alpha1/state/{store}/query", WriteVerbs, context =>
        {
            engine.Query(Route(context, "store"));
            return Task.CompletedTask;
        });
    }

    private static async Task GetAsync(HttpContext context, StateEngine engine)
    {
        var value = await engine.GetAsync(Route(context, "store"), Route(context, "key"), context.RequestAborted).ConfigureAwait(false);
        var response = context.Response;
        if (value is null)
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        response.Headers["ETag"] = value.ETag;
        if (value.ExpiresAt is { } expiry)
        {
            response.Headers["metadata." + StateJson.ExpiryName] = StateJson.Expiry(expiry);
        }

        response.ContentType = "application/json";
        response.ContentLength = value.Data.Length;
        await response.BodyWriter.WriteAsync(value.Data, context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task SaveAsync(HttpContext context, StateEngine engine)
    {
        var store = Route(context, "store");
        engine.Find(store);
        using var body = await ReadAsync(context).ConfigureAwait(false);
        await engine.SaveAsync(store, StateJson.Items(body.RootElement, QueryMetadata(context)), context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task DeleteAsync(HttpContext context, StateEngine engine)
    {
        var query = context.Request.Query;
        var item = new StateItem(
            Route(context, "key"), default, context.Request.Headers.IfMatch, query["concurrency"].ToString(), query["consistency"].ToString(), QueryMetadata(context));
        await engine.DeleteAsync(Route(context, "store"), item, context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task GetBulkAsync(HttpContext context, StateEngine engine)
    {
        var store = Route(context, "store");
        engine.Find(store);
        using var body = await ReadAsync(context).ConfigureAwait(false);
        var (keys, parallelism) = StateJson.BulkGet(body.RootElement);
        var entries = await engine.GetBulkAsync(store, keys, parallelism, context.RequestAborted).ConfigureAwait(false);
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        StateJson.Write(writer, entries);
    }

    private static async Task TransactAsync(HttpContext context, StateEngine engine)
    {
        var store = Route(context, "store");
        engine.RequireTransactions(store);
        using var body = await ReadAsync(context).ConfigureAwait(false);
        await engine.TransactAsync(store, StateJson.Steps(body.RootElement, QueryMetadata(context)), context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task<JsonDocument> ReadAsync(HttpContext context)
    {
        try
        {
            return await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception malformed) when (malformed is JsonException or IOException)
        {
            throw StateErrors.Malformed($"failed deserializing HTTP body: {malformed.Message}", malformed);
        }
    }

    private static string Route(HttpContext context, string name) => Hosting.EscapedPath.UnescapeAsQuery((string?)context.GetRouteValue(name) ?? "");

    private static Dictionary<string, string> QueryMetadata(HttpContext context)
    {
        const string Prefix = "metadata.";
        return context.Request.Query
            .Where(pair => pair.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key[Prefix.Length..], pair => pair.Value.Count > 0 ? pair.Value[0] ?? "" : "");
    }
}
