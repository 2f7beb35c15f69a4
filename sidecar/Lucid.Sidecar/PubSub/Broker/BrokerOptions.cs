using Lucid.Journal;
using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.PubSub.Broker;

/// <summary>Settings of a <c>pubsub.lucid</c> broker.</summary>
public sealed record BrokerOptions
{
    private const long LeastBytes = 1 << 20;
    private const int LargestMessage = 16 << 20;

    /// <summary>Metadata fields besides those of every pub/sub component.</summary>
    public static IReadOnlyList<string> Fields { get; } =
        ["path", "retention", "maxBytes", "concurrency", "redeliverInterval", "maxDeliveryAttempts"];

    /// <summary>Folder of the journal, absolute.</summary>
    public required string Path { get; init; }

    /// <summary>How long a message is kept for groups that come later, even when all known groups have it. Default 24 h.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Bytes of the journal; when messages that somebody still needs would pass it, publishing is refused. At least 1 MiB, default 1 GiB.</summary>
    public long MaxBytes { get; init; } = 1 << 30;

    /// <summary>Messages one replica of a group works on at once. 1 to 1,000, default 8.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>Pause before a failed message is delivered again; it doubles with each failure up to twelve times this. Default 5 s.</summary>
    public TimeSpan RedeliverInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Failed attempts after which a message is given up, with an error in the log. 0 (default): never.</summary>
    public int MaxDeliveryAttempts { get; init; }

    /// <summary>Reads metadata; a relative path starts at the component's base folder.</summary>
    /// <exception cref="InvalidOperationException">A field is missing or out of range.</exception>
    public static BrokerOptions Read(ComponentDefinition definition) => new()
    {
        Path = System.IO.Path.GetFullPath(ComponentFields.Required(definition, "path"), System.IO.Path.GetFullPath(definition.BaseDirectory)),
        Retention = ComponentFields.Duration(definition, "retention", TimeSpan.FromHours(24)),
        MaxBytes = ComponentFields.Bytes(definition, "maxBytes", 1 << 30, LeastBytes),
        Concurrency = ComponentFields.Integer(definition, "concurrency", 8, 1, 1000),
        RedeliverInterval = ComponentFields.Duration(definition, "redeliverInterval", TimeSpan.FromSeconds(5)),
        MaxDeliveryAttempts = ComponentFields.Integer(definition, "maxDeliveryAttempts", 0, 0, int.MaxValue),
    };

    /// <summary>Space comes back in whole segments, so they are a small part of the bound.</summary>
    internal int SegmentBytes => (int)Math.Clamp(MaxBytes / 16, 64 << 10, 8 << 20);

    internal JournalOptions Journal(IJournalFileSystem files) => new()
    {
        SegmentBytes = SegmentBytes,
        MaxRecordBytes = LargestMessage,
        AllowTruncateHead = true,
        VerifySealedSegments = false, // the broker reads, and so checks, every record when it opens
        FileSystem = files,
    };
}
