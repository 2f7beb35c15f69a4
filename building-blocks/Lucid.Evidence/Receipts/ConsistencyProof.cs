using System.Collections.Immutable;

namespace Lucid.Evidence;

/// <summary>A consistency proof fetched apart (GET /chain/consistency), to compare a known head with a receipt.</summary>
public sealed record ConsistencyProof(long First, long Second, Digest FirstRoot, Digest SecondRoot, ImmutableArray<Digest> Path);
