using Lucid.Cli.Recording;

namespace Lucid.Cli.Tests;

public class FragmentSplitterTests
{
    private static readonly byte[] Recording = File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "data", "sample.mp4"));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    [InlineData(1 << 20)]
    public void However_the_bytes_arrive_the_groups_are_the_recording(int step)
    {
        var groups = Split(step, maxGroup: 60_000);
        Assert.Equal(Recording, groups.SelectMany(group => group).ToArray());
    }

    [Fact]
    public void Every_group_begins_at_a_border_and_the_first_is_the_initialisation_segment()
    {
        var groups = Split(step: 1000, maxGroup: 60_000);
        Assert.Equal("ftyp"u8.ToArray(), groups[0][4..8]);
        Assert.All(groups.Skip(1), group => Assert.Equal("moof"u8.ToArray(), group[4..8]));
    }

    [Fact]
    public void Groups_stay_below_the_limit_where_fragments_allow_it()
    {
        var single = Split(step: 5000, maxGroup: 1);
        var largest = single.Max(group => group.Length);
        Assert.All(Split(step: 5000, maxGroup: largest * 2), group => Assert.True(group.Length <= largest * 2));
    }

    [Fact]
    public void A_torn_end_is_dropped()
    {
        var splitter = new FragmentSplitter(60_000);
        splitter.Append(Recording.AsSpan(0, Recording.Length / 2));
        var taken = new List<byte>();
        while (splitter.Next(atEnd: true) is { } group)
        {
            taken.AddRange(group);
        }

        Assert.Equal(Recording.Take(taken.Count), taken);
        Assert.InRange(taken.Count, 1, Recording.Length / 2);
    }

    [Fact]
    public void What_is_no_fragmented_MP4_is_refused_with_what_to_do()
    {
        var splitter = new FragmentSplitter(60_000);
        splitter.Append(new byte[64]);
        var refusal = Assert.Throws<CliException>(() => splitter.Next(atEnd: false));
        Assert.Contains("-movflags", refusal.Message, StringComparison.Ordinal);
    }

    private static List<byte[]> Split(int step, int maxGroup)
    {
        var splitter = new FragmentSplitter(maxGroup);
        var groups = new List<byte[]>();
        for (var at = 0; at < Recording.Length; at += step)
        {
            splitter.Append(Recording.AsSpan(at, Math.Min(step, Recording.Length - at)));
            if (step >= 4096 || at + step >= Recording.Length)
            {
                Drain(at + step >= Recording.Length);
            }
        }

        return groups;

        void Drain(bool atEnd)
        {
            while (splitter.Next(atEnd) is { } group)
            {
                groups.Add(group);
            }
        }
    }
}
