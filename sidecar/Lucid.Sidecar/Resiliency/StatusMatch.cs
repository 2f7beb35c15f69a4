using System.Globalization;

namespace Lucid.Sidecar.Resiliency;

/// <summary>A retry policy's <c>matching</c>: codes and ranges, <c>429,500-599</c>.</summary>
internal sealed class StatusMatch
{
    private readonly (int From, int To)[] ranges;

    private StatusMatch((int, int)[] ranges) => this.ranges = ranges;

    /// <exception cref="FormatException">An item is no code or rising range within the limits.</exception>
    public static StatusMatch Parse(string text, int lowest, int highest) =>
        new([.. text.Split(',', StringSplitOptions.TrimEntries).Select(item => Range(item, lowest, highest))]);

    public bool Contains(int code) => Array.Exists(ranges, range => code >= range.From && code <= range.To);

    private static (int From, int To) Range(string item, int lowest, int highest)
    {
        var parts = item.Split('-', 2);
        return Code(parts[0], out var from) && Code(parts[^1], out var to) && from >= lowest && to <= highest && (parts.Length == 1 || from < to)
            ? (from, to)
            : throw new FormatException($"'{item}' is neither a code nor a range between {lowest} and {highest}");

        static bool Code(string text, out int code) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out code);
    }
}
