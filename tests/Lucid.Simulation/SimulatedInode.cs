namespace Lucid.Simulation;

/// <summary>
/// Content of a file twice: as processes see it and as the device holds it. Between two flushes the device may take any of
/// the changed sectors, in any order, and any of the lengths.
/// </summary>
internal sealed class SimulatedInode
{
    private const int SectorSize = 512;

    private readonly SortedSet<int> _dirtySectors = [];
    private readonly List<int> _lengthsSinceFlush = [];
    private byte[] _durable = [];

    public byte[] Content { get; private set; } = [];

    public void Write(ReadOnlySpan<byte> source, int offset)
    {
        if (source.IsEmpty)
        {
            return;
        }

        byte[] content = Content;
        if (offset + source.Length > content.Length)
        {
            Array.Resize(ref content, offset + source.Length);
        }

        source.CopyTo(content.AsSpan(offset));
        Content = content;
        for (int sector = offset / SectorSize; sector <= (offset + source.Length - 1) / SectorSize; sector++)
        {
            _dirtySectors.Add(sector);
        }

        _lengthsSinceFlush.Add(content.Length);
    }

    public void SetLength(int length)
    {
        byte[] content = Content;
        Array.Resize(ref content, length);
        Content = content;
        _dirtySectors.Add(length / SectorSize);
        _lengthsSinceFlush.Add(length);
    }

    public void Flush()
    {
        _durable = [.. Content];
        Settled();
    }

    /// <summary>Power comes back: what the device held, with some of the unflushed sectors and one of the unflushed lengths.</summary>
    public void LosePower(SeededGenerator generator)
    {
        byte[] survivor = [.. _durable];
        int choice = generator.Next(_lengthsSinceFlush.Count + 1);
        Array.Resize(ref survivor, choice == 0 ? _durable.Length : _lengthsSinceFlush[choice - 1]);
        foreach (int sector in _dirtySectors)
        {
            int from = sector * SectorSize;
            int to = Math.Min(Math.Min(from + SectorSize, survivor.Length), Content.Length);
            if (to > from && generator.Chance(0.6))
            {
                // A sector normally reaches the device whole; now and then it is torn as well.
                int kept = generator.Chance(0.2) ? from + generator.Next(to - from + 1) : to;
                Content.AsSpan(from, kept - from).CopyTo(survivor.AsSpan(from));
            }
        }

        _durable = survivor;
        Content = [.. survivor];
        Settled();
    }

    private void Settled()
    {
        _dirtySectors.Clear();
        _lengthsSinceFlush.Clear();
    }
}
