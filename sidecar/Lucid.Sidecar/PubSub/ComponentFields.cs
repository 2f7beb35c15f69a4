using System.Globalization;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.PubSub;

/// <summary>Reads metadata of a component; a value that does not fit is refused with the name of its field and what is accepted; the registry adds component and place.</summary>
internal static class ComponentFields
{
    public static int Integer(ComponentDefinition definition, string name, int fallback, int least, int most) =>
        definition[name] is not { Length: > 0 } text ? fallback
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
        : throw Refuse(name, text, $"a whole number from {least} to {most}");

    /// <summary>A size such as <c>512Mi</c>.</summary>
    public static long Bytes(ComponentDefinition definition, string name, long fallback, long least) =>
        definition[name] is not { Length: > 0 } text ? fallback
        : ByteQuantity.TryParse(text, out var bytes) && bytes >= least ? bytes
        : throw Refuse(name, text, $"a size of at least {least} bytes, such as 512Mi");

    /// <summary>A duration such as <c>90s</c>; a plain number counts milliseconds, as daprd has it.</summary>
    public static TimeSpan Duration(ComponentDefinition definition, string name, TimeSpan fallback)
    {
        if (definition[name] is not { Length: > 0 } text)
        {
            return fallback;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        return GoDuration.TryParse(text, out var duration) && duration >= TimeSpan.Zero
            ? duration
            : throw Refuse(name, text, "a duration such as 90s or 24h");
    }

    public static bool Boolean(ComponentDefinition definition, string name) =>
        definition[name] switch
        {
            null or "" or "false" or "False" or "0" => false,
            "true" or "True" or "1" => true,
            var text => throw Refuse(name, text, "true or false"),
        };

    public static string Required(ComponentDefinition definition, string name) =>
        definition[name] is { Length: > 0 } text
            ? text
            : throw new InvalidOperationException($"field {name}: {definition.Type} needs it");

    private static InvalidOperationException Refuse(string name, string text, string accepted) =>
        new($"field {name}: \"{text}\" is not {accepted}");
}
