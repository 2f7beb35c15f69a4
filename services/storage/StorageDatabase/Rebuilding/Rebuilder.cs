using System.Text.Json;
using Lucid.Contracts.ReadModel;
using Lucid.StorageDatabase.Clients;
using Lucid.StorageDatabase.Domain;

namespace Lucid.StorageDatabase.Rebuilding;

internal enum CatalogueOutcome
{
    /// <summary>Read to the end.</summary>
    Complete,

    /// <summary>The owner answers but serves no catalogue.</summary>
    NotServed,

    /// <summary>No good answer; pages before it are applied.</summary>
    Unavailable,
}

/// <summary>
/// Copies an owner's catalogue into the read model, page by page. Versions decide, so it may run beside events and queries, be cut off and
/// begin again.
/// </summary>
internal sealed partial class Rebuilder(CatalogueClient catalogues, IReadModel readModel, IndexLag lag, TimeProvider clock, ILogger<Rebuilder> logger)
{
    /// <exception cref="ReadModelException">The read model failed.</exception>
    public async Task<CatalogueOutcome> CopyAsync(string owner, CancellationToken cancellationToken)
    {
        var began = clock.GetUtcNow();
        var views = new HashSet<ViewDefinition>();
        var changed = 0;
        for (int? page = 0; page is { } number;)
        {
            var answer = await catalogues.ReadAsync(owner, number, cancellationToken);
            if (answer.Value is not { } found)
            {
                return Skip(owner, number, answer.Error!.Status, answer.IsNotFound);
            }

            if (ViewDefinition.Find(found.View) is { } view)
            {
                views.Add(view);
                var applied = await readModel.UpsertAsync(view, Changes(owner, view, found), cancellationToken);
                lag.Rebuilt(view, applied);
                changed += applied;
            }

            if (found.Next <= number)
            {
                LogLoop(owner, number, found.Next.Value);
                return CatalogueOutcome.Unavailable;
            }

            page = found.Next;
        }

        await readModel.MarkCompleteAsync(owner, cancellationToken);
        foreach (var view in views)
        {
            lag.Compared(view, began);
        }

        LogCopied(owner, changed);
        return CatalogueOutcome.Complete;
    }

    private CatalogueOutcome Skip(string owner, int page, int status, bool isNotFound)
    {
        LogSkipped(owner, page, status);
        return isNotFound && page == 0 ? CatalogueOutcome.NotServed : CatalogueOutcome.Unavailable;
    }

    private List<DocumentChange> Changes(string owner, ViewDefinition view, CataloguePage page)
    {
        var changes = new List<DocumentChange>(page.Entries.Count);
        foreach (var entry in page.Entries)
        {
            try
            {
                changes.Add(CatalogueDocuments.Of(view, entry));
            }
            catch (JsonException e)
            {
                LogUnreadable(owner, view.Name, entry.Id, e); // one bad document must not keep the others from being found
            }
        }

        return changes;
    }
}
