namespace Lucid.Sidecar.Actors;

/// <summary>Registration of a reminder.</summary>
/// <param name="DueTime">Duration (Go <c>1h30m</c>, ISO 8601 <c>PT1M</c>), RFC 3339 instant, or empty for now.</param>
/// <param name="Period">Duration, optionally <c>R5/PT1M</c>; empty fires once.</param>
/// <param name="TimeToLive">Duration from the first due time, or an instant; empty: none.</param>
/// <param name="Data">JSON handed to the actor as given; empty: none.</param>
/// <param name="Overwrite">False refuses a reminder that exists already; the default replaces it.</param>
public sealed record ReminderRequest(
    string ActorType, string ActorId, string Name, string DueTime, string Period, string TimeToLive, ReadOnlyMemory<byte> Data, bool Overwrite = true);

/// <summary>Registration of a timer, which lives as long as its actor instance. Fields as in <see cref="ReminderRequest"/>.</summary>
/// <param name="Callback">Name the app finds its handler by.</param>
public sealed record TimerRequest(
    string ActorType, string ActorId, string Name, string Callback, string DueTime, string Period, string TimeToLive, ReadOnlyMemory<byte> Data);

/// <summary>A reminder as the API shows it.</summary>
/// <param name="ExpiresAt">RFC 3339, or null.</param>
public sealed record ReminderView(string ActorType, string ActorId, string Name, string DueTime, string Period, string? ExpiresAt, ReadOnlyMemory<byte> Data);
