namespace Lucid.Simulation.Tests;

public sealed class SeededGeneratorTests
{
    [Fact]
    public void The_published_SplitMix64_sequence_of_seed_1234567_comes_out()
    {
        var generator = new SeededGenerator(1234567);
        Assert.Equal(
            [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821],
            Enumerable.Range(0, 5).Select(_ => generator.NextUInt64()));
    }

    [Fact]
    public void Bounded_numbers_cover_their_range_evenly()
    {
        var generator = new SeededGenerator(1);
        int[] counts = new int[6];
        for (int i = 0; i < 60_000; i++)
        {
            counts[generator.Next(6)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));
    }
}
