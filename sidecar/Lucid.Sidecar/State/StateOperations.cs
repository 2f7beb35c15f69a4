using System.Globalization;
using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.State;

/// <summary>An app's request → what a store is asked to do. Words and times that cannot be read are refused in the store's name.</summary>
internal static class StateOperations
{
    public static StateSet Set(StateItem item, string key)
    {
        CheckOptions(item);
        return new StateSet(key, item.Value, item.ETag, item.Concurrency == "first-write", TimeToLive(item.Metadata));
    }

    public static StateDelete Delete(StateItem item, string key)
    {
        CheckOptions(item);
        return new StateDelete(key, item.ETag, item.Concurrency == "first-write");
    }

    private static void CheckOptions(StateItem item)
    {
        if (item.Concurrency is not ("" or "first-write" or "last-write"))
        {
            throw new StateStoreException(StateStoreFailure.Other, $"unrecognized concurrency model '{item.Concurrency}'");
        }

        if (item.Consistency is not ("" or "strong" or "eventual"))
        {
            throw new StateStoreException(StateStoreFailure.Other, $"unrecognized consistency model '{item.Consistency}'");
        }
    }

    private static TimeSpan? TimeToLive(IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.GetValueOrDefault("ttlInSeconds") is not { Length: > 0 } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) && seconds >= -1
            ? seconds > 0 ? TimeSpan.FromSeconds(seconds) : null
            : throw new StateStoreException(
                StateStoreFailure.Other, $"incorrect value for metadata 'ttlInSeconds': '{text}' is not -1 or a number of seconds");
    }
}
