using System.Globalization;

namespace Lucid.ServiceDefaults.Deadlines;

/// <summary>
/// How long somebody still waits for the head of an answer (<c>X-Lucid-Deadline</c>, integration §10). It is over when the answer starts: a
/// stream may take its time.
/// </summary>
internal sealed class Deadline(TimeSpan patience, TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);
    private static readonly AsyncLocal<Deadline?> Ambient = new();

    private readonly long _from = clock.GetTimestamp();
    private volatile bool _isOver;

    /// <summary>Of the request at hand; flows with the asynchronous call chain.</summary>
    public static Deadline? Current => Ambient.Value;

    /// <summary>Null: nobody counts any more. Never below zero.</summary>
    public TimeSpan? Left
    {
        get
        {
            var left = patience - clock.GetElapsedTime(_from);
            return _isOver ? null : left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public void Begin() => Ambient.Value = this;

    public void End() => _isOver = true;

    /// <summary>Whole milliseconds from 1 to those of a day. A length of time, not a time of day, so that clocks need not agree.</summary>
    public static bool TryParse(string? text, out TimeSpan patience)
    {
        var ok = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0 && milliseconds <= Longest.TotalMilliseconds;
        patience = ok ? TimeSpan.FromMilliseconds(milliseconds) : default;
        return ok;
    }

    public static string Format(TimeSpan patience) => Math.Max(1, (long)patience.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
