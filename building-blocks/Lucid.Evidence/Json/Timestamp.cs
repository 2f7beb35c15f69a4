using System.Globalization;

namespace Lucid.Evidence;

/// <summary>RFC 3339 in UTC with exactly three decimals and Z: <c>2026-01-31T12:00:00.000Z</c>.</summary>
public static class Timestamp
{
    private const string Pattern = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>The moment in the one accepted spelling; anything finer than a millisecond is cut off.</summary>
    public static string Format(DateTimeOffset moment) => moment.UtcDateTime.ToString(Pattern, CultureInfo.InvariantCulture);

    /// <exception cref="EvidenceException">Any other spelling.</exception>
    public static DateTimeOffset Parse(string text) =>
        DateTimeOffset.TryParseExact(text, Pattern, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)
        && Format(moment) == text
            ? moment
            : throw new EvidenceException(EvidenceFault.JsonField, "A time is written as 2026-01-31T12:00:00.000Z.");

    /// <summary><paramref name="moment"/> cut to whole milliseconds, as it will be read back.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset moment) => DateTimeOffset.FromUnixTimeMilliseconds(moment.ToUnixTimeMilliseconds());
}
