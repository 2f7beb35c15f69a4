using System.Globalization;
using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.Components;

/// <summary>Typed metadata fields, read as daprd reads them; a value that cannot be read is a <see cref="ComponentException"/> naming the field.</summary>
public static class MetadataFields
{
    public static string Required(this ComponentDefinition definition, string field) =>
        definition[field] is { Length: > 0 } value ? value : throw new ComponentException($"field {field} is required");

    /// <summary>true: y, yes, true, t, on or 1 in any case; anything else is false; absent or empty: <paramref name="fallback"/>.</summary>
    public static bool Flag(this ComponentDefinition definition, string field, bool fallback = false) =>
        definition[field] is { Length: > 0 } value
            ? value.ToLowerInvariant() is "y" or "yes" or "true" or "t" or "on" or "1"
            : fallback;

    /// <summary>A Go duration (<c>1m30s</c>) or a whole number of seconds.</summary>
    public static TimeSpan Duration(this ComponentDefinition definition, string field, TimeSpan fallback)
    {
        if (definition[field] is not { Length: > 0 } value)
        {
            return fallback;
        }

        if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(seconds);
        }

        return GoDuration.TryParse(value, out var duration)
            ? duration
            : throw new ComponentException($"field {field}: '{value}' is not a duration such as 30s or 1h");
    }
}
