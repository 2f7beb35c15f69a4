namespace Lucid.Journal;

/// <summary>A durable record: its index, counted from 0 without gaps, and the bytes that were appended (owned by the receiver).</summary>
public sealed record JournalRecord(long Index, ReadOnlyMemory<byte> Payload);
