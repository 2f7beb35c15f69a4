using System.Text.Json;
using Lucid.Contracts;
using Lucid.Contracts.ReadModel;
using Lucid.Contracts.Sessions;

namespace Lucid.StorageDatabase.Domain;

/// <summary>Entries of a catalogue as changes of their view.</summary>
internal static class CatalogueDocuments
{
    /// <exception cref="JsonException">The document is not one of the view.</exception>
    public static DocumentChange Of(ViewDefinition view, CatalogueEntry entry) => view.Name switch
    {
        Views.Sessions => SessionDocuments.Of(
            entry.Document.Deserialize<SessionView>(JsonDefaults.Tolerant) ?? throw new JsonException("the document is null"), entry.Version),
        _ => new DocumentChange(entry.Id, entry.Version, entry.Document),
    };
}
