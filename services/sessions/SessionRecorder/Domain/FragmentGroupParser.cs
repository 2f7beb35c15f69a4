using System.Buffers.Binary;

namespace Lucid.SessionRecorder.Domain;

/// <summary>
/// Finds the fragment borders and times of fragmented MP4 (ISO/IEC 14496-12) as an encoder writes it to a pipe. One parser reads
/// one run in order: it learns time scale and default durations from the run's <c>moov</c>. A group is a whole number of units;
/// anything else is refused, because a chunk cut elsewhere could not be played alone.
/// </summary>
public sealed class FragmentGroupParser
{
    // Times a header claims beyond this are cut, so that sums of them stay far from overflow.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);
    private uint videoTrack;
    private uint timescale;
    private uint defaultSampleDuration;

    public bool HasInitialisation => timescale != 0;

    /// <summary>Parses <paramref name="group"/>; on success <paramref name="fragments"/> cover it without gap or rest.</summary>
    public FragmentGroupFault Parse(ReadOnlySpan<byte> group, out IReadOnlyList<Fragment> fragments)
    {
        var found = new List<Fragment>();
        fragments = found;
        var unitStart = 0;
        Fragment? media = null;
        var initialising = false;
        for (var offset = 0; offset < group.Length;)
        {
            if (!Box.TryRead(group, offset, out var box))
            {
                return FragmentGroupFault.Truncated;
            }

            var body = group.Slice(box.BodyOffset, box.End - box.BodyOffset);
            switch (box.Type)
            {
                case Box.Ftyp or Box.Moov:
                    if (media is not null || HasInitialisation)
                    {
                        return FragmentGroupFault.InitialisationOutOfPlace;
                    }

                    initialising = true;
                    if (box.Type == Box.Moov)
                    {
                        if (!ReadMovie(body))
                        {
                            return FragmentGroupFault.NoVideoTrack;
                        }

                        found.Add(new(FragmentKind.Initialisation, unitStart, box.End - unitStart, 0, default, default));
                        unitStart = box.End;
                        initialising = false;
                    }

                    break;
                case Box.Moof:
                    if (!HasInitialisation)
                    {
                        return FragmentGroupFault.NoInitialisation;
                    }

                    if (media is not null || initialising)
                    {
                        return FragmentGroupFault.Truncated;
                    }

                    media = ReadFragment(body);
                    break;
                case Box.Mdat:
                    if (media is not { } open)
                    {
                        return FragmentGroupFault.MediaWithoutFragment;
                    }

                    // A sample has at least a byte: what a fragment header claims beyond that is not believed.
                    found.Add(open with { Offset = unitStart, Length = box.End - unitStart, Frames = Math.Min(open.Frames, body.Length) });
                    unitStart = box.End;
                    media = null;
                    break;
                default:
                    // styp, sidx, emsg, prft ... precede the fragment they belong to; mfra ends a file and joins the unit before it.
                    if (box.Type == Box.Mfra)
                    {
                        if (media is not null || initialising || !HasInitialisation)
                        {
                            return FragmentGroupFault.Truncated;
                        }

                        if (found.Count > 0 && found[^1].Kind == FragmentKind.Media)
                        {
                            found[^1] = found[^1] with { Length = box.End - found[^1].Offset };
                        }
                        else
                        {
                            found.Add(new(FragmentKind.Media, unitStart, box.End - unitStart, 0, default, default));
                        }

                        unitStart = box.End;
                    }

                    break;
            }

            offset = box.End;
        }

        if (media is not null || initialising || unitStart != group.Length)
        {
            return FragmentGroupFault.Truncated;
        }

        return found.Count == 0 ? FragmentGroupFault.Empty : FragmentGroupFault.None;
    }

    private bool ReadMovie(ReadOnlySpan<byte> movie)
    {
        foreach (var track in Box.Children(movie, Box.Trak))
        {
            if (ReadTrack(movie[track]))
            {
                break;
            }
        }

        foreach (var extends in Box.Children(movie, Box.Mvex))
        {
            foreach (var trex in Box.Children(movie[extends], Box.Trex))
            {
                var body = movie[extends][trex];
                if (body.Length >= 24 && UInt32(body, 4) == videoTrack)
                {
                    defaultSampleDuration = UInt32(body, 12);
                }
            }
        }

        return timescale != 0;
    }

    /// <summary>True when the track is the video track and its time scale was read.</summary>
    private bool ReadTrack(ReadOnlySpan<byte> track)
    {
        uint id = 0;
        foreach (var header in Box.Children(track, Box.Tkhd))
        {
            var body = track[header];
            var position = body.Length > 0 && body[0] == 1 ? 20 : 12;
            if (body.Length >= position + 4)
            {
                id = UInt32(body, position);
            }
        }

        foreach (var mediaRange in Box.Children(track, Box.Mdia))
        {
            var media = track[mediaRange];
            uint scale = 0;
            var isVideo = false;
            foreach (var header in Box.Children(media, Box.Mdhd))
            {
                var body = media[header];
                var position = body.Length > 0 && body[0] == 1 ? 20 : 12;
                if (body.Length >= position + 4)
                {
                    scale = UInt32(body, position);
                }
            }

            foreach (var handler in Box.Children(media, Box.Hdlr))
            {
                var body = media[handler];
                isVideo = body.Length >= 12 && UInt32(body, 8) == Box.Vide;
            }

            if (isVideo && scale != 0)
            {
                (videoTrack, timescale) = (id, scale);
                return true;
            }
        }

        return false;
    }

    private Fragment ReadFragment(ReadOnlySpan<byte> fragment)
    {
        foreach (var trafRange in Box.Children(fragment, Box.Traf))
        {
            var traf = fragment[trafRange];
            uint track = 0;
            var duration = defaultSampleDuration;
            ulong decodeTime = 0;
            foreach (var header in Box.Children(traf, Box.Tfhd))
            {
                (track, duration) = ReadFragmentHeader(traf[header]);
            }

            if (track != videoTrack)
            {
                continue;
            }

            foreach (var time in Box.Children(traf, Box.Tfdt))
            {
                var body = traf[time];
                decodeTime = body.Length >= 12 && body[0] == 1 ? BinaryPrimitives.ReadUInt64BigEndian(body[4..])
                    : body.Length >= 8 ? UInt32(body, 4) : 0;
            }

            long frames = 0;
            double ticks = 0;
            foreach (var run in Box.Children(traf, Box.Trun))
            {
                var (count, sum) = ReadRun(traf[run], duration);
                frames += count;
                ticks += sum;
            }

            return new(FragmentKind.Media, 0, 0, (int)Math.Min(frames, int.MaxValue), Seconds(decodeTime), Seconds(ticks));
        }

        return new(FragmentKind.Media, 0, 0, 0, default, default);
    }

    private (uint Track, uint Duration) ReadFragmentHeader(ReadOnlySpan<byte> header)
    {
        if (header.Length < 8)
        {
            return (0, defaultSampleDuration);
        }

        var flags = UInt32(header, 0) & 0xFFFFFF;
        var position = 8 + ((flags & 0x1) != 0 ? 8 : 0) + ((flags & 0x2) != 0 ? 4 : 0);
        var duration = (flags & 0x8) != 0 && header.Length >= position + 4 ? UInt32(header, position) : defaultSampleDuration;
        return (UInt32(header, 4), duration);
    }

    private static (long Count, double Ticks) ReadRun(ReadOnlySpan<byte> run, uint defaultDuration)
    {
        if (run.Length < 8)
        {
            return (0, 0);
        }

        var flags = UInt32(run, 0) & 0xFFFFFF;
        var count = UInt32(run, 4);
        if ((flags & 0x100) == 0)
        {
            return (count, (double)count * defaultDuration);
        }

        var entry = 4 * System.Numerics.BitOperations.PopCount(flags & 0xF00);
        var position = 8 + ((flags & 0x1) != 0 ? 4 : 0) + ((flags & 0x4) != 0 ? 4 : 0);
        double ticks = 0;
        for (uint sample = 0; sample < count && position + 4 <= run.Length; sample++, position += entry)
        {
            ticks += UInt32(run, position);
        }

        return (count, ticks);
    }

    private TimeSpan Seconds(double ticks) => TimeSpan.FromSeconds(Math.Min(ticks / timescale, Longest.TotalSeconds));

    private static uint UInt32(ReadOnlySpan<byte> data, int offset) => BinaryPrimitives.ReadUInt32BigEndian(data[offset..]);
}
