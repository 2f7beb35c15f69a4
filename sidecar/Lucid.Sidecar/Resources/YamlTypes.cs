using System.Text.RegularExpressions;

namespace Lucid.Sidecar.Resources;

/// <summary>Which plain scalars YAML 1.1 gives a type other than text (the rules of daprd's reader, where <c>yes</c> and <c>on</c> are booleans).</summary>
internal static partial class YamlTypes
{
    public static bool HasOtherType(string plain) => Booleans.Contains(plain) || NotText().IsMatch(plain);

    private static readonly HashSet<string> Booleans = new(StringComparer.Ordinal)
    {
        "y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No", "NO",
        "true", "True", "TRUE", "false", "False", "FALSE", "on", "On", "ON", "off", "Off", "OFF",
    };

    [GeneratedRegex(@"^(|~|null|Null|NULL|[-+]?[0-9][0-9_]*|0x[0-9a-fA-F_]+|0o?[0-7_]+|[-+]?0b[01_]+|[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$", RegexOptions.CultureInvariant)]
    private static partial Regex NotText();
}
