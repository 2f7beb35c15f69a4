using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Lucid.Contracts.Access;
using Lucid.Contracts.Services;

namespace Lucid.OpenApiFiles;

/// <summary>The public API: each route of the gateway's table with what its owner says of it, and what the gateway itself serves.</summary>
public static partial class PublicDocument
{
    private const string Schemas = "#/components/schemas/";

    public static JsonObject Of(IReadOnlyDictionary<string, JsonNode> documents)
    {
        var paths = new JsonObject();
        var schemas = new JsonObject();
        foreach (var (path, operations) in documents[AppIds.ApiGateway]["paths"]!.AsObject())
        {
            foreach (var (verb, operation) in operations!.AsObject())
            {
                Add(path, verb, operation!, AppIds.ApiGateway);
            }
        }

        foreach (var route in PublicRouteTable.All.Where(route => documents.ContainsKey(route.App)))
        {
            var operation = OperationOf(documents[route.App], route.Verb, route.Target)
                ?? throw new InvalidOperationException($"{route.App} does not describe {route.Verb} {route.Target}, which the public route {route.Path} leads to.");
            operation["x-lucid-access"] = route.Access.ToString();
            if (route.Access == RouteAccess.Public)
            {
                operation.AsObject().Remove("security");
            }

            Add(route.Path, route.Verb.ToLowerInvariant(), operation, route.App);
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject { ["title"] = "Lucid, public API", ["version"] = "v1" },
            ["paths"] = Sorted(paths),
            ["components"] = new JsonObject
            {
                ["schemas"] = Sorted(schemas),
                ["securitySchemes"] = documents[AppIds.ApiGateway]["components"]!["securitySchemes"]!.DeepClone(),
            },
        };

        void Add(string path, string verb, JsonNode operation, string owner)
        {
            var copy = operation.DeepClone();
            copy["x-lucid-owner"] = owner;
            Import(copy, documents[owner], schemas);
            paths[path] ??= new JsonObject();
            paths[path]![verb] = copy;
        }
    }

    /// <summary>What a document says of a verb on a route template, whatever its parameters are called; null when nothing.</summary>
    public static JsonNode? OperationOf(JsonNode document, string verb, string template) => document["paths"]!.AsObject()
        .Where(path => Spelling(path.Key) == Spelling(template))
        .Select(path => path.Value![verb.ToLowerInvariant()]?.DeepClone())
        .FirstOrDefault(operation => operation is not null);

    /// <summary>A route template with nameless parameters.</summary>
    public static string Spelling(string template) => Parameter().Replace(template, "{}").ToLowerInvariant();

    /// <summary>Brings the schemas a node refers to, and those they refer to, along.</summary>
    private static void Import(JsonNode node, JsonNode from, JsonObject schemas)
    {
        foreach (var reference in References(node).Distinct())
        {
            var schema = from["components"]!["schemas"]![reference]!;
            if (schemas[reference] is { } present)
            {
                if (!JsonNode.DeepEquals(present, schema))
                {
                    throw new InvalidOperationException($"Two services describe a different schema {reference}; name one of the types otherwise.");
                }

                continue;
            }

            schemas[reference] = schema.DeepClone();
            Import(schemas[reference]!, from, schemas);
        }
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => member is { Key: "$ref", Value: JsonValue text }
            ? [text.GetValue<string>()[Schemas.Length..]]
            : References(member.Value)),
        JsonArray items => items.SelectMany(References),
        _ => [],
    };

    private static JsonObject Sorted(JsonObject members) =>
        new(members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
