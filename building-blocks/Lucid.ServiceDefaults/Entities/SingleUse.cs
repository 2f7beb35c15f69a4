using System.Text.Json;
using Lucid.ServiceDefaults.Entities;

namespace Lucid.ServiceDefaults;

/// <summary>Things that work once and not for ever (challenges, tickets): consumed by a delete with their ETag, so of two takers one gets it.</summary>
public sealed class SingleUse(IStateClient state, TimeProvider clock)
{
    /// <summary>False: the id is taken.</summary>
    public Task<bool> PutAsync<T>(string kind, string id, T value, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        var document = new SingleUseDocument(clock.GetUtcNow() + timeToLive, JsonSerializer.SerializeToElement(value, StateJson.Options));
        return state.SaveAsync(KeyOf(kind, id), StateJson.Write(document), null, timeToLive, cancellationToken);
    }

    /// <summary>The value, to exactly one caller; null when unknown, expired or taken.</summary>
    public async Task<T?> ConsumeAsync<T>(string kind, string id, CancellationToken cancellationToken) where T : class
    {
        var key = KeyOf(kind, id);
        if (await state.GetAsync(key, cancellationToken).ConfigureAwait(false) is not { } item
            || !await state.DeleteAsync(key, item.ETag, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        var document = StateJson.Read<SingleUseDocument>(item);
        return document.ExpiresAt > clock.GetUtcNow() ? document.Data.Deserialize<T>(StateJson.Options) : null;
    }

    private static string KeyOf(string kind, string id) => StateKey.Of("once", kind, id);

    private sealed record SingleUseDocument(DateTimeOffset ExpiresAt, JsonElement Data);
}
