namespace Lucid.SessionRecorder.Domain;

/// <summary>A unit of fragmented MP4 that a chunk may begin or end at.</summary>
/// <param name="Kind">Initialisation segment (<c>ftyp</c>, <c>moov</c>) or media fragment (<c>moof</c> with its <c>mdat</c>).</param>
/// <param name="Offset">Byte offset inside the group.</param>
/// <param name="Length">Bytes, all boxes of the unit included.</param>
/// <param name="Frames">Samples of the video track; 0 for an initialisation segment.</param>
/// <param name="Start">Decode time of the first video sample since the start of the run.</param>
/// <param name="Duration">Sum of the video samples' durations.</param>
public readonly record struct Fragment(FragmentKind Kind, int Offset, int Length, int Frames, TimeSpan Start, TimeSpan Duration);

public enum FragmentKind
{
    Initialisation,
    Media,
}
