using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.PubSub.Broker;

/// <summary>
/// What the broker's journal holds. Layout: one byte of kind, then the fields; integers little endian, a text as its length in
/// UTF-8 bytes (4 bytes) and the bytes. Kinds: 1 message, 2 acknowledgements, 3 new group, 4 checkpoint.
/// </summary>
internal abstract record BrokerRecord
{
    public abstract byte[] Encode();

    public static BrokerRecord Decode(ReadOnlyMemory<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        return reader.Byte() switch
        {
            1 => MessageRecord.Read(ref reader),
            2 => new AcknowledgeRecord(reader.Text(), reader.Text(), reader.Longs()),
            3 => new GroupRecord(reader.Text(), reader.Text()),
            4 => CheckpointRecord.Read(ref reader),
            var kind => throw new BrokerException($"the broker's journal holds a record of kind {kind}; it was written by a newer version"),
        };
    }
}

/// <param name="Time">Milliseconds since 1970, for retention.</param>
internal sealed record MessageRecord(string Topic, long Time, PubSubMessage Message) : BrokerRecord
{
    public override byte[] Encode()
    {
        var writer = new RecordWriter(1, Message.Data.Length + 256);
        writer.Text(Topic);
        writer.Long(Time);
        writer.Text(Message.ContentType ?? "");
        writer.Int(Message.Metadata.Count);
        foreach (var (name, value) in Message.Metadata)
        {
            writer.Text(name);
            writer.Text(value);
        }

        writer.Bytes(Message.Data.Span);
        return writer.ToArray();
    }

    public static MessageRecord Read(ref RecordReader reader)
    {
        var topic = reader.Text();
        var time = reader.Long();
        var contentType = reader.Text();
        var count = reader.Int();
        var metadata = new Dictionary<string, string>(count);
        for (var i = 0; i < count; i++)
        {
            metadata[reader.Text()] = reader.Text();
        }

        return new MessageRecord(topic, time, new PubSubMessage(reader.Rest(), contentType.Length == 0 ? null : contentType, metadata));
    }
}

/// <summary>Messages of a topic that a group has finished, by their journal index.</summary>
internal sealed record AcknowledgeRecord(string Topic, string Group, IReadOnlyList<long> Indexes) : BrokerRecord
{
    public override byte[] Encode()
    {
        var writer = new RecordWriter(2, 64 + (Indexes.Count * sizeof(long)));
        writer.Text(Topic);
        writer.Text(Group);
        writer.Longs(Indexes);
        return writer.ToArray();
    }
}

/// <summary>A group exists from here on; it gets every message of the topic that is still kept.</summary>
internal sealed record GroupRecord(string Topic, string Group) : BrokerRecord
{
    public override byte[] Encode()
    {
        var writer = new RecordWriter(3, 64);
        writer.Text(Topic);
        writer.Text(Group);
        return writer.ToArray();
    }
}

/// <summary>Every group's position, written before older records are removed.</summary>
internal sealed record CheckpointRecord(IReadOnlyList<GroupPosition> Groups) : BrokerRecord
{
    public override byte[] Encode()
    {
        var writer = new RecordWriter(4, 1024);
        writer.Int(Groups.Count);
        foreach (var position in Groups)
        {
            writer.Text(position.Topic);
            writer.Text(position.Group);
            writer.Long(position.Low);
            writer.Longs(position.Done);
        }

        return writer.ToArray();
    }

    public static CheckpointRecord Read(ref RecordReader reader)
    {
        var groups = new GroupPosition[reader.Int()];
        for (var i = 0; i < groups.Length; i++)
        {
            groups[i] = new GroupPosition(reader.Text(), reader.Text(), reader.Long(), reader.Longs());
        }

        return new CheckpointRecord(groups);
    }
}

/// <param name="Low">Journal index: every message of the topic before it is finished.</param>
/// <param name="Done">Finished messages at or after <paramref name="Low"/>.</param>
internal sealed record GroupPosition(string Topic, string Group, long Low, IReadOnlyList<long> Done);
