using Lucid.Contracts.Sessions;

namespace Lucid.SessionRecorder.Domain;

/// <summary>
/// A record of a session's spool. Decisions stand in a small log of their own, units in a second one whose head is dropped as
/// chunks are freed; replaying the decisions and then the units that no chunk has taken gives the state of the recording.
/// </summary>
public abstract record SpoolRecord;

/// <summary>A recording was opened, or reopened under a higher epoch.</summary>
/// <param name="TokenSha256">64 hex of the ingest token.</param>
public sealed record RecordingOpened(
    int Epoch, string OwnerId, string TokenSha256, int ChunkSizeBytes, long MaxSizeBytes, int NextIndex, DateTimeOffset At) : SpoolRecord;

/// <summary>One unit of fragmented MP4; the bytes follow it encrypted.</summary>
/// <param name="Run">Counts from 0; each run begins with an initialisation segment.</param>
/// <param name="Offset">Plain bytes of the run before this unit.</param>
/// <param name="Start">Milliseconds since the recording was opened.</param>
public sealed record FragmentSpooled(
    int Run, long Offset, int Length, bool IsInitialisation, int Frames, long Start, long Duration) : SpoolRecord;

/// <summary>A run begins; written before its first unit.</summary>
/// <param name="Start">Milliseconds since the recording was opened.</param>
/// <param name="Initialisation">The run's initialisation segment: codec parameters and time scale, no picture.</param>
public sealed record RunBegan(int Run, long Start, byte[] Initialisation, VideoFormat? Video) : SpoolRecord;

/// <summary>A chunk was cut: whole units, from one index of the unit log to another.</summary>
/// <param name="LastUnitOffset">Place in the run of the last unit: where the run ends with this chunk.</param>
/// <param name="TotalPlain">Plain bytes of the recording up to and with this chunk.</param>
public sealed record ChunkCut(
    int Index, int Epoch, string Stream, int Run, long FirstRecord, long LastRecord, int PlainLength, string PlainSha256,
    long StartMs, long EndMs, int Frames, long LastUnitOffset, int LastUnitLength, long TotalPlain, bool Final, bool Truncated,
    VideoFormat? Video) : SpoolRecord;

/// <summary>A chunk is stored elsewhere; its units are no longer needed.</summary>
public sealed record ChunkFreed(int Index) : SpoolRecord;

/// <summary>Capture is interrupted (<paramref name="Paused"/>) or goes on.</summary>
public sealed record CapturePaused(bool Paused, DateTimeOffset At) : SpoolRecord;

/// <summary>Nothing more will be accepted.</summary>
public sealed record RecordingEnded(string Reason, int ChunkCount, long DurationMs, DateTimeOffset At) : SpoolRecord;
