using System.Collections.Immutable;
using Lucid.Contracts.Sessions;

namespace Lucid.SessionRecorder.Domain;

/// <summary>A recording as its spool records tell it. <c>Apply</c> is the only way it changes, live and at recovery alike.</summary>
public sealed class SpoolState
{
    private readonly List<OpenUnit> open = [];
    private ImmutableSortedDictionary<int, ChunkCut> chunks = ImmutableSortedDictionary<int, ChunkCut>.Empty;

    public RecordingOpened? Opening { get; private set; }

    public RecordingEnded? Ended { get; private set; }

    public bool Paused { get; private set; }

    /// <summary>Run whose units are being accepted; -1 before the first.</summary>
    public int Run { get; private set; } = -1;

    /// <summary>Durable plain bytes of the run.</summary>
    public long Offset { get; private set; }

    public int NextIndex { get; private set; }

    public long PlainBytes { get; private set; }

    public long DurationMs { get; private set; }

    /// <summary>Milliseconds since the opening at which the current run began.</summary>
    public long RunStart { get; private set; }

    /// <summary>Cut and not yet freed, by index; each change makes a new one, so that it may be read at any time.</summary>
    public IReadOnlyDictionary<int, ChunkCut> Chunks => chunks;

    /// <summary>Units not yet in a chunk.</summary>
    public IReadOnlyList<OpenUnit> Open => open;

    public int OpenLength { get; private set; }

    public string Status => Ended is not null ? "ended" : Paused ? "paused" : "recording";

    /// <summary>Index of the unit log from which units are not yet in a chunk.</summary>
    public long UnitsTaken { get; private set; }

    /// <summary>First index of the unit log that is still needed.</summary>
    public long FirstNeeded => chunks.Count > 0 ? Math.Min(UnitsTaken, chunks.Values.Min(chunk => chunk.FirstRecord)) : UnitsTaken;

    /// <summary>The initialisation segment of the current run.</summary>
    public byte[]? Initialisation { get; private set; }

    public VideoFormat? Video { get; private set; }

    /// <summary>True when the group ends where the run ends now: it was accepted last and is sent again.</summary>
    public bool IsRepeat(int run, long offset, int length) => run == Run && length > 0 && offset >= 0 && offset == Offset - length;

    /// <summary>A decision.</summary>
    public void Apply(SpoolRecord decision)
    {
        switch (decision)
        {
            case RecordingOpened opened:
                Opening = opened;
                NextIndex = Math.Max(NextIndex, opened.NextIndex);
                Paused = false;
                break;
            case RunBegan began:
                (Run, Offset, RunStart, Initialisation, Video) = (began.Run, 0, began.Start, began.Initialisation, began.Video);
                break;
            case ChunkCut cut:
                chunks = chunks.SetItem(cut.Index, cut);
                NextIndex = Math.Max(NextIndex, cut.Index + 1);
                UnitsTaken = cut.LastRecord + 1;
                (Run, Offset) = (cut.Run, cut.LastUnitOffset + cut.LastUnitLength);
                PlainBytes = cut.TotalPlain;
                DurationMs = Math.Max(DurationMs, cut.EndMs);
                open.Clear();
                OpenLength = 0;
                break;
            case ChunkFreed freed:
                chunks = chunks.Remove(freed.Index);
                break;
            case CapturePaused pause:
                Paused = pause.Paused;
                break;
            case RecordingEnded ended:
                Ended = ended;
                break;
            default:
                throw new InvalidOperationException($"{decision.GetType().Name} is no decision.");
        }
    }

    /// <summary>A unit at its index of the unit log.</summary>
    public void Apply(FragmentSpooled unit, long index)
    {
        (Run, Offset) = (unit.Run, unit.Offset + unit.Length);
        PlainBytes += unit.Length;
        DurationMs = Math.Max(DurationMs, unit.Start + unit.Duration);
        open.Add(new(index, unit));
        OpenLength += unit.Length;
    }

    public IngestPosition Position => new(Opening?.Epoch ?? 0, Math.Max(Run, 0), Offset, Status);
}

/// <param name="Record">Log index of the unit.</param>
public readonly record struct OpenUnit(long Record, FragmentSpooled Unit);
