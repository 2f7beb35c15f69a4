using System.Buffers;
using System.Globalization;

namespace Lucid.Sidecar.Actors;

/// <summary>
/// A duration as daprd reads it: Go (<c>1h2m3s200ms</c>, so also the .NET SDK's <c>0h0m0s200ms</c>) or ISO 8601 with whole numbers
/// (<c>P1DT2H</c>), the latter optionally with repetitions in front (<c>R5/PT1M</c>).
/// </summary>
/// <param name="Repetitions">-1: without end.</param>
internal readonly record struct DaprDuration(int Years, int Months, int Days, TimeSpan Time, int Repetitions = -1)
{
    private const string DigitCharacters = "0123456789";
    private static readonly SearchValues<char> Digits = SearchValues.Create(DigitCharacters);
    private static readonly SearchValues<char> DecimalDigits = SearchValues.Create(DigitCharacters + ".");

    public bool IsZero => Years == 0 && Months == 0 && Days == 0 && Time == TimeSpan.Zero;

    private bool IsCalendar => Years != 0 || Months != 0 || Days != 0;

    public DateTimeOffset AddTo(DateTimeOffset start) => start.AddMonths((Years * 12) + Months).AddDays(Days) + Time;

    /// <summary>The first instant of the series from <paramref name="start"/> that lies after both <paramref name="start"/> and <paramref name="now"/>.</summary>
    public DateTimeOffset NextAfter(DateTimeOffset start, DateTimeOffset now)
    {
        var next = AddTo(start);
        if (next > now)
        {
            return next;
        }

        if (!IsCalendar)
        {
            var missed = (now - start).Ticks / Time.Ticks;
            return start + TimeSpan.FromTicks((missed + 1) * Time.Ticks);
        }

        while (next <= now)
        {
            next = AddTo(next);
        }

        return next;
    }

    public static bool TryParse(string text, out DaprDuration duration) =>
        TryParseIso(text, out duration) || TryParseGoDuration(text, out duration);

    /// <summary>An instant given as such (RFC 3339) or as a duration from <paramref name="origin"/>; repetitions are not allowed.</summary>
    public static bool TryParseInstant(string text, DateTimeOffset origin, out DateTimeOffset instant)
    {
        try
        {
            if (TryParse(text, out var duration))
            {
                instant = duration.Repetitions == -1 ? duration.AddTo(origin) : default;
                return duration.Repetitions == -1;
            }
        }
        catch (ArgumentOutOfRangeException)
        {
            // Beyond the calendar.
        }

        instant = default;
        return text.Contains('T', StringComparison.Ordinal)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out instant);
    }

    public static bool TryParseGo(string text, out TimeSpan duration)
    {
        var parsed = TryParseGoDuration(text, out var result);
        duration = result.Time;
        return parsed;
    }

    private static bool TryParseGoDuration(string text, out DaprDuration duration)
    {
        duration = default;
        var rest = text.AsSpan();
        var negative = rest is ['-', ..];
        rest = rest is ['-' or '+', ..] ? rest[1..] : rest;
        if (rest is "0")
        {
            duration = new DaprDuration(0, 0, 0, TimeSpan.Zero);
            return true;
        }

        var ticks = 0m;
        if (rest.IsEmpty)
        {
            return false;
        }

        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(DecimalDigits);
            if (digits <= 0 || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            rest = rest[digits..];
            var letters = rest.IndexOfAny(DecimalDigits);
            var unit = letters < 0 ? rest : rest[..letters];
            var scale = unit switch
            {
                "ns" => 0.01m,
                "us" or "µs" or "μs" => 10m,
                "ms" => TimeSpan.TicksPerMillisecond,
                "s" => TimeSpan.TicksPerSecond,
                "m" => TimeSpan.TicksPerMinute,
                "h" => TimeSpan.TicksPerHour,
                _ => 0m,
            };
            if (scale == 0m || number > long.MaxValue / TimeSpan.TicksPerHour)
            {
                return false;
            }

            ticks += number * scale;
            rest = rest[unit.Length..];
        }

        if (ticks > long.MaxValue)
        {
            return false;
        }

        duration = new DaprDuration(0, 0, 0, TimeSpan.FromTicks((long)(negative ? -ticks : ticks)));
        return true;
    }

    private static bool TryParseIso(string text, out DaprDuration duration)
    {
        duration = default;
        var rest = text.AsSpan();
        var repetitions = -1;
        if (rest is ['R', ..])
        {
            var slash = rest.IndexOf('/');
            var count = slash < 0 ? rest[1..] : rest[1..slash];
            if (!int.TryParse(count, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out repetitions))
            {
                return false;
            }

            if (slash < 0 || slash == rest.Length - 1)
            {
                duration = new DaprDuration(0, 0, 0, TimeSpan.Zero, repetitions);
                return true;
            }

            rest = rest[(slash + 1)..];
        }

        if (rest is not ['P', _, ..])
        {
            return false;
        }

        rest = rest[1..];
        int years = 0, months = 0, days = 0;
        long seconds = 0;
        var inTime = false;
        while (!rest.IsEmpty)
        {
            if (rest[0] == 'T' && !inTime)
            {
                inTime = true;
                rest = rest[1..];
                continue;
            }

            var digits = rest.IndexOfAnyExcept(Digits);
            if (digits <= 0 || !int.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            switch (rest[digits], inTime)
            {
                case ('Y', false): years = number; break;
                case ('M', false): months = number; break;
                case ('W', false): days += number * 7; break;
                case ('D', false): days += number; break;
                case ('H', true): seconds += number * 3600L; break;
                case ('M', true): seconds += number * 60L; break;
                case ('S', true): seconds += number; break;
                default: return false;
            }

            rest = rest[(digits + 1)..];
        }

        duration = new DaprDuration(years, months, days, TimeSpan.FromSeconds(seconds), repetitions);
        return true;
    }
}
