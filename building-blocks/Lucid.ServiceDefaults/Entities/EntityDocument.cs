using System.Text.Json;

namespace Lucid.ServiceDefaults.Entities;

/// <summary>An entity as stored. One document holds the state and the events that tell of it: they cannot part.</summary>
/// <param name="Version">Rises by one with every change of the data.</param>
internal sealed record EntityDocument(long Version, JsonElement Data, IReadOnlyList<PendingEvent> Pending);
