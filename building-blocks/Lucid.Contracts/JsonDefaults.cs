using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Lucid.Contracts;

/// <summary>
/// How our JSON travels: snake_case, unknown and duplicate members refused, nulls left out, depth at most 10. Because nulls are left
/// out, a constructor parameter that may be null may also be missing; every other one is required.
/// </summary>
public static class JsonDefaults
{
    public static JsonSerializerOptions Strict { get; } = Make(JsonUnmappedMemberHandling.Disallow);

    /// <summary>For answers and events, which may gain members.</summary>
    public static JsonSerializerOptions Tolerant { get; } = Make(JsonUnmappedMemberHandling.Skip);

    /// <summary><see cref="Tolerant"/> with room for the wrapper around a stored document.</summary>
    public static JsonSerializerOptions Stored { get; } = Make(JsonUnmappedMemberHandling.Skip, depth: 64);

    private static JsonSerializerOptions Make(JsonUnmappedMemberHandling unmapped, int depth = 10)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Apply(options, unmapped);
        options.MaxDepth = depth;
        options.MakeReadOnly();
        return options;
    }

    /// <summary>Applies the same rules to options owned by a framework.</summary>
    public static void Apply(JsonSerializerOptions options, JsonUnmappedMemberHandling unmapped = JsonUnmappedMemberHandling.Disallow)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DictionaryKeyPolicy = null;
        options.PropertyNameCaseInsensitive = false;
        options.UnmappedMemberHandling = unmapped;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.MaxDepth = 10;
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { MakeNullablesOptional } };
    }

    private static void MakeNullablesOptional(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property is { IsRequired: true, AssociatedParameter: { IsMemberInitializer: false, IsNullable: true } })
            {
                property.IsRequired = false;
            }
        }
    }
}
