using System.Text.Json;

namespace Lucid.StorageDatabase.Domain;

/// <summary>What is now true of one entity.</summary>
/// <param name="Version">Rises with every change of the entity, from 1.</param>
/// <param name="Document">Null: deleted.</param>
internal sealed record DocumentChange(string Id, long Version, JsonElement? Document);
