using System.Text.Json;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Hosting;

/// <summary>Errors as bodies of the Dapr HTTP API.</summary>
internal static class ErrorWriter
{
    public static readonly DaprError Internal =
        new("ERR_INTERNAL", "the sidecar failed on this request; its log has the reason", 500, global::Grpc.Core.StatusCode.Internal);

    public static readonly DaprError Malformed =
        new("ERR_MALFORMED_REQUEST", "failed to read the request body: http: request body too large", 400, global::Grpc.Core.StatusCode.InvalidArgument);

    /// <summary>Answers with the error; a response that has begun is cut off instead, so that the client cannot take it for a whole one.</summary>
    public static async Task WriteAsync(HttpContext context, DaprError error)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        var body = Body(error);
        context.Response.StatusCode = error.HttpStatus;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        context.Response.Headers.ETag = default;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
        }
    }

    public static byte[] Body(DaprError error)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("errorCode", error.Code);
            json.WriteString("message", error.Message);
            if (error.Reason is not null)
            {
                WriteDetails(json, error);
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteDetails(Utf8JsonWriter json, DaprError error)
    {
        json.WriteStartArray("details");
        json.WriteStartObject();
        json.WriteString("@type", "type.googleapis.com/google.rpc.ErrorInfo");
        json.WriteString("reason", error.Reason);
        json.WriteString("domain", "dapr.io");
        json.WriteStartObject("metadata");
        foreach (var (name, value) in error.ReasonMetadata ?? new Dictionary<string, string>())
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();

        if (error.ReasonMetadata is { Count: > 0 } metadata)
        {
            json.WriteStartObject();
            json.WriteString("@type", "type.googleapis.com/google.rpc.ResourceInfo");
            json.WriteString("resource_type", error.Code.Contains("PUBSUB", StringComparison.Ordinal) ? "pubsub" : "state");
            json.WriteString("resource_name", metadata.TryGetValue("name", out var name) ? name : metadata.Values.First());
            json.WriteString("owner", "");
            json.WriteString("description", "");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
