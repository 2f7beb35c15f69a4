using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lucid.Contracts;

/// <summary>How our JSON travels: snake_case, unknown and duplicate members refused, nulls left out, depth at most 10.</summary>
public static class JsonDefaults
{
    public static JsonSerializerOptions Strict { get; } = Make(JsonUnmappedMemberHandling.Disallow);

    /// <summary>For answers and events, which may gain members.</summary>
    public static JsonSerializerOptions Tolerant { get; } = Make(JsonUnmappedMemberHandling.Skip);

    private static JsonSerializerOptions Make(JsonUnmappedMemberHandling unmapped)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Apply(options, unmapped);
        options.MakeReadOnly(populateMissingResolver: true);
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
    }
}
