namespace Lucid.Sidecar.Actors;

/// <summary>64-bit FNV-1a over UTF-16 code units with a final mix; the same in every process, unlike <see cref="string.GetHashCode()"/>.</summary>
internal static class StableHash
{
    public static ulong Of(string first, string second, string third)
    {
        var hash = Add(Add(Add(14695981039346656037, first), second), third);
        hash ^= hash >> 33;
        hash *= 0xff51afd7ed558ccd;
        return hash ^ (hash >> 33);
    }

    private static ulong Add(ulong hash, string part)
    {
        foreach (var unit in part)
        {
            hash = (hash ^ unit) * 1099511628211;
        }

        return (hash ^ 0x1_0000) * 1099511628211;
    }
}
