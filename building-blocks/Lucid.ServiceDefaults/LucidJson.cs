using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Lucid.ServiceDefaults;

/// <summary>
/// <see cref="JsonDefaults"/> for reading: a constructor parameter that may be null may also be left out, because that is how nulls are
/// written. Every other one is required.
/// </summary>
public static class LucidJson
{
    /// <summary>For answers, events and stored documents, which may gain members.</summary>
    public static JsonSerializerOptions Tolerant { get; } = Make(JsonDefaults.Tolerant.MaxDepth);

    /// <summary>Room for the wrapper around a stored document.</summary>
    internal static JsonSerializerOptions Stored { get; } = Make(64);

    internal static void Apply(JsonSerializerOptions options, JsonUnmappedMemberHandling unmapped)
    {
        JsonDefaults.Apply(options, unmapped);
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { MakeNullablesOptional } };
    }

    private static JsonSerializerOptions Make(int depth)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Apply(options, JsonUnmappedMemberHandling.Skip);
        options.MaxDepth = depth;
        options.MakeReadOnly();
        return options;
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
