using System.Buffers.Binary;
using Lucid.SessionRecorder.Domain;

namespace Lucid.SessionRecorder.Tests;

public sealed class FragmentGroupParserTests
{
    [Fact]
    public void A_recording_is_an_initialisation_segment_and_fragments_with_their_times()
    {
        Assert.Equal(FragmentGroupFault.None, new FragmentGroupParser().Parse(Sample.Bytes, out var fragments));
        Assert.Equal(Sample.Borders, fragments.Select(fragment => fragment.Offset + fragment.Length));
        Assert.Equal(FragmentKind.Initialisation, fragments[0].Kind);
        Assert.Equal([15, 15, 15, 15], fragments.Skip(1).Select(fragment => fragment.Frames));
        Assert.Equal([0, 1, 2, 3], fragments.Skip(1).Select(fragment => fragment.Start.TotalSeconds));
        Assert.All(fragments.Skip(1), fragment => Assert.Equal(1, fragment.Duration.TotalSeconds));
    }

    [Fact]
    public void Cut_at_any_byte_only_whole_units_are_a_group()
    {
        for (var length = 0; length <= Sample.Borders[2]; length++)
        {
            var fault = new FragmentGroupParser().Parse(Sample.Bytes.AsSpan(0, length), out _);
            Assert.True(fault == FragmentGroupFault.None == Sample.Borders.Contains(length), $"{length} bytes: {fault}");
        }
    }

    [Fact]
    public void Whatever_a_box_claims_nothing_throws_and_accepted_units_cover_the_group()
    {
        var group = Sample.Bytes[..Sample.Borders[1]];
        foreach (var value in (uint[])[0, 1, 7, 8, 0x7FFF_FFFF, 0xFFFF_FFFF])
        {
            for (var at = 0; at < Sample.Init + 172; at++)
            {
                var hostile = group.ToArray();
                BinaryPrimitives.WriteUInt32BigEndian(hostile.AsSpan(at), value);
                if (new FragmentGroupParser().Parse(hostile, out var fragments) == FragmentGroupFault.None)
                {
                    Assert.Equal(hostile.Length, Covered(fragments));
                    Assert.All(fragments, fragment => Assert.InRange(fragment.Frames, 0, fragment.Length));
                    Assert.All(fragments, fragment => Assert.InRange((fragment.Start + fragment.Duration).TotalDays, 0, 80_000));
                }
            }
        }
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData((ulong)long.MaxValue)]
    [InlineData(15UL)]
    [InlineData(0UL)]
    public void A_false_64_bit_size_is_refused(ulong size)
    {
        var parser = Initialised();
        var group = WithLargeSize(Sample.Next(Sample.Init).ToArray(), size);
        Assert.Equal(FragmentGroupFault.Truncated, parser.Parse(group, out _));
    }

    [Fact]
    public void A_64_bit_size_is_read()
    {
        var fragment = Sample.Next(Sample.Init).ToArray();
        var group = WithLargeSize(fragment, (ulong)(fragment.Length - 164 + 8));
        Assert.Equal(FragmentGroupFault.None, Initialised().Parse(group, out var fragments));
        Assert.Equal(group.Length, Covered(fragments));
    }

    [Fact]
    public void A_run_begins_with_its_initialisation_segment_and_has_no_second_one()
    {
        Assert.Equal(FragmentGroupFault.NoInitialisation, new FragmentGroupParser().Parse(Sample.Next(Sample.Init).Span, out _));
        var parser = Initialised();
        Assert.Equal(FragmentGroupFault.InitialisationOutOfPlace, parser.Parse(Sample.Bytes, out _));
        Assert.Equal(FragmentGroupFault.InitialisationOutOfPlace, parser.Parse(Sample.Range(28, Sample.Init).Span, out _));
        Assert.Equal(FragmentGroupFault.None, parser.Parse(Sample.Next(Sample.Init).Span, out var fragments));
        Assert.Equal(15, Assert.Single(fragments).Frames);
    }

    [Fact]
    public void The_index_that_closes_a_file_stands_alone_only_behind_an_initialisation_segment()
    {
        var index = Sample.Range(Sample.Bytes.Length - 124, Sample.Bytes.Length).Span;
        Assert.NotEqual(FragmentGroupFault.None, new FragmentGroupParser().Parse(index, out _));
        Assert.Equal(FragmentGroupFault.None, Initialised().Parse(index, out var fragments));
        Assert.Equal((FragmentKind.Media, 124, 0), (fragments[0].Kind, fragments[0].Length, fragments[0].Frames));
    }

    [Fact]
    public void Media_without_its_fragment_header_and_an_empty_group_are_refused()
    {
        Assert.Equal(FragmentGroupFault.MediaWithoutFragment, Initialised().Parse(Sample.Range(922, Sample.Borders[1]).Span, out _));
        Assert.Equal(FragmentGroupFault.Truncated, Initialised().Parse(Sample.Range(Sample.Init, 922).Span, out _));
        Assert.Equal(FragmentGroupFault.Empty, Initialised().Parse([], out _));
        Assert.Equal(FragmentGroupFault.NoVideoTrack, new FragmentGroupParser().Parse([0, 0, 0, 8, .. "moov"u8], out _));
    }

    [Fact]
    public void The_video_format_is_read_from_the_initialisation_segment()
    {
        var format = VideoFormatReader.Read(Sample.Range(0, Sample.Init).Span)!;
        Assert.Equal((640, 360), (format.Width, format.Height));
        Assert.StartsWith("avc1.42C0", format.Codec, StringComparison.Ordinal);
        for (var length = 0; length < Sample.Init; length++)
        {
            Assert.Null(VideoFormatReader.Read(Sample.Range(0, length).Span));
        }

        for (var at = 28; at < Sample.Init - 4; at++)
        {
            var hostile = Sample.Bytes[..Sample.Init];
            BinaryPrimitives.WriteUInt32BigEndian(hostile.AsSpan(at), 0xFFFF_FFFF);
            Assert.True(VideoFormatReader.Read(hostile) is null or { Width: > 0, Height: > 0 });
        }
    }

    [Fact]
    public void A_payload_limit_is_the_largest_whose_file_fits()
    {
        for (var size = 200; size < 300_000; size += 97)
        {
            var payload = ChunkLimits.MaxPayload(size);
            Assert.InRange(ChunkLimits.FileSize(payload), 0, size);
            Assert.Equal(Evidence.ChunkSealer.MaxFileLength(payload), ChunkLimits.FileSize(payload));
            Assert.True(ChunkLimits.FileSize(payload + 1) > size || (size - 96) % 65_552 <= 16, $"{size}: {payload}");
        }
    }

    private static FragmentGroupParser Initialised()
    {
        var parser = new FragmentGroupParser();
        Assert.Equal(FragmentGroupFault.None, parser.Parse(Sample.Range(0, Sample.Init).Span, out _));
        return parser;
    }

    /// <summary>Sum of lengths, after checking that each unit begins where the one before ends.</summary>
    private static int Covered(IReadOnlyList<Fragment> fragments)
    {
        var end = 0;
        foreach (var fragment in fragments)
        {
            Assert.Equal(end, fragment.Offset);
            end += fragment.Length;
        }

        return end;
    }

    private static byte[] WithLargeSize(byte[] fragment, ulong size)
    {
        var largeSize = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(largeSize, size);
        return [.. fragment[..164], 0, 0, 0, 1, .. "mdat"u8, .. largeSize, .. fragment[172..]];
    }
}
