using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Lucid.ServiceDefaults.Errors;

/// <summary>Describes the error answer of every operation.</summary>
internal static class ErrorSchema
{
    public static void Describe(OpenApiOptions options) => options.AddOperationTransformer(async (operation, context, cancellationToken) =>
    {
        var schema = await context.GetOrCreateSchemaAsync(typeof(ErrorEnvelope), null, cancellationToken).ConfigureAwait(false);
        operation.Responses ??= [];
        operation.Responses["default"] = new OpenApiResponse
        {
            Description = "An error: code of the registry, a sentence that says what to do, and details.",
            Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = schema } },
        };
    });
}
