using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Lucid.ServiceDefaults.Description;

/// <summary>What a service says of its own endpoints: OpenAPI 3.1, with the error answer of every operation and the credential it asks for.</summary>
internal static class ApiDescription
{
    private const string Document = "v1";
    private const string UserToken = "user";

    public static bool IsAskedFor(string[] args) => args.Contains("--openapi");

    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer(DescribeService);
        options.AddOperationTransformer(DescribeErrorAsync);
        options.AddOperationTransformer(DescribeCredential);
    }

    /// <summary>Writes the document of an application that has been built and not started.</summary>
    public static async Task WriteAsync(WebApplication app, TextWriter output)
    {
        app.UseEndpoints(_ => { }); // hands the mapped endpoints to the describer, which the start of the server does otherwise
        var document = await app.Services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Document).GetOpenApiDocumentAsync().ConfigureAwait(false);
        await output.WriteLineAsync(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static Task DescribeService(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var runtime = context.ApplicationServices.GetRequiredService<ServiceRuntime>();
        document.Info = new OpenApiInfo { Title = runtime.AppId, Version = Document };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[UserToken] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT", Description = "Access token of a user (ES256, from lucid-auth-service).",
        };
        return Task.CompletedTask;
    }

    private static async Task DescribeErrorAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var document = context.Document!;
        document.Components ??= new OpenApiComponents();
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        if (!document.Components.Schemas.ContainsKey(nameof(ErrorEnvelope)))
        {
            document.Components.Schemas[nameof(ErrorEnvelope)] = await context.GetOrCreateSchemaAsync(typeof(ErrorEnvelope), null, cancellationToken).ConfigureAwait(false);
        }

        operation.Responses ??= [];
        operation.Responses["default"] = new OpenApiResponse
        {
            Description = "An error: code of the registry, a sentence that says what to do, and details.",
            Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = new OpenApiSchemaReference(nameof(ErrorEnvelope), document) } },
        };
    }

    private static Task DescribeCredential(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>().Any())
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(UserToken, context.Document)] = [] }];
        }

        return Task.CompletedTask;
    }
}
