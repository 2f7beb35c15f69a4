namespace Lucid.StorageDatabase.Domain;

/// <summary>The read model's storage failed; the same call may succeed later.</summary>
internal sealed class ReadModelException(string message, Exception inner) : Exception(message, inner);
