using System.Globalization;

namespace Lucid.Sidecar.Resources;

/// <summary>Sizes as Kubernetes quantities: <c>16Mi</c>, <c>4M</c>, <c>65536</c>. Whole, not negative, at most 1 TiB.</summary>
internal static class ByteQuantity
{
    private const decimal Maximum = 1L << 40;

    private static readonly (string Suffix, decimal Factor)[] Suffixes =
        [("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("Ti", 1L << 40), ("k", 1e3m), ("M", 1e6m), ("G", 1e9m), ("T", 1e12m)];

    public static bool TryParse(string text, out long bytes)
    {
        (string suffix, decimal factor) = Array.Find(Suffixes, unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal)) is { Suffix: not null } found ? found : ("", 1m);
        bytes = 0;
        if (!decimal.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number > Maximum || number * factor > Maximum)
        {
            return false;
        }

        bytes = (long)(number * factor);
        return bytes == number * factor;
    }
}
