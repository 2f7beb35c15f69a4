using Lucid.ServiceDefaults.Entities;

namespace Lucid.ServiceDefaults;

/// <summary>Uniqueness without transactions (DESIGN §4.3): the key is the unique value, created first-write.</summary>
public sealed class UniqueKeys(IStateClient state, TimeProvider clock)
{
    /// <summary>Claims <paramref name="value"/> for <paramref name="owner"/>. Returns who owns it now; claiming again what one owns is no error.</summary>
    public Task<string> ClaimAsync(string set, string value, string owner, CancellationToken cancellationToken) =>
        state.UpdateAsync<UniqueDocument, string>(
            KeyOf(set, value), current => current is null ? (new UniqueDocument(owner), owner) : (null, current.Owner), clock, cancellationToken);

    /// <summary>Null: free.</summary>
    public async Task<string?> FindAsync(string set, string value, CancellationToken cancellationToken) =>
        await state.GetAsync(KeyOf(set, value), cancellationToken).ConfigureAwait(false) is { } item ? StateJson.Read<UniqueDocument>(item).Owner : null;

    /// <summary>False: it was not the owner's.</summary>
    public async Task<bool> ReleaseAsync(string set, string value, string owner, CancellationToken cancellationToken)
    {
        var key = KeyOf(set, value);
        return await state.GetAsync(key, cancellationToken).ConfigureAwait(false) is { } item
            && StateJson.Read<UniqueDocument>(item).Owner == owner
            && await state.DeleteAsync(key, item.ETag, cancellationToken).ConfigureAwait(false);
    }

    private static string KeyOf(string set, string value) => StateKey.Of("unique", set, value);

    private sealed record UniqueDocument(string Owner);
}
