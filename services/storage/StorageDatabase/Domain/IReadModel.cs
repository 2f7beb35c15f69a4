using System.Text.Json;
using Lucid.Contracts.ReadModel;

namespace Lucid.StorageDatabase.Domain;

/// <summary>
/// Lists and search over copies of documents (DESIGN §4.5). Any implementation passes <c>ReadModelContract</c>. Storage that fails throws
/// <see cref="ReadModelException"/>.
/// </summary>
internal interface IReadModel
{
    /// <summary>
    /// Applies changes, all or none. Of each id the highest version wins whatever the order; the same version again changes nothing. A deletion
    /// leaves its version behind, so that nothing older brings the document back.
    /// </summary>
    /// <returns>How many of the changes were newer than what was there.</returns>
    Task<int> UpsertAsync(ViewDefinition view, IReadOnlyList<DocumentChange> changes, CancellationToken cancellationToken);

    /// <summary>
    /// One page with the total, both of one moment. Every word of the text begins a word of the document; a text without any word finds nothing,
    /// a blank one lists. Equal values are ordered by id; documents without the sorted member come last when descending.
    /// </summary>
    /// <param name="query">Checked by <see cref="QueryRules"/>.</param>
    Task<DocumentPage> QueryAsync(ViewDefinition view, ReadQuery query, Visibility visibility, CancellationToken cancellationToken);

    /// <summary>True when this owner's catalogue was read to its end since the storage was made.</summary>
    Task<bool> IsCompleteAsync(string owner, CancellationToken cancellationToken);

    Task MarkCompleteAsync(string owner, CancellationToken cancellationToken);

    /// <summary>True when it can be read.</summary>
    Task<bool> IsUpAsync(CancellationToken cancellationToken);
}

internal sealed record DocumentPage(IReadOnlyList<JsonElement> Documents, long Total);
