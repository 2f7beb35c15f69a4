namespace Lucid.Contracts.Sessions;

/// <summary>Session states (03 §6.1) as they travel.</summary>
public static class SessionStates
{
    public const string Created = "created";
    public const string Starting = "starting";
    public const string Recording = "recording";
    public const string Paused = "paused";
    public const string Stopped = "stopped";
    public const string Processing = "processing";
    public const string Completed = "completed";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";
    public const string Deleted = "deleted";
}

/// <summary>Anchoring of a session as its pipeline knows it.</summary>
public static class AnchorStates
{
    public const string None = "none";
    public const string Pending = "pending";
    public const string Submitted = "submitted";
    public const string Confirmed = "confirmed";
    public const string Failed = "failed";
}

/// <summary>Streams of a recording; each chunk belongs to one.</summary>
public static class ChunkStreams
{
    public const string Init = "init";
    public const string AudioVideo = "av";
    public const string Events = "events";
}

/// <summary>Who can open a finished recording.</summary>
public static class Custodies
{
    public const string Owner = "owner";
    public const string OwnerAndPlatform = "owner+platform";
}
