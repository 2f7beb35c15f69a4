namespace Lucid.ServiceDefaults.Entities;

/// <summary>Keys of stored documents: <c>{kind}:{part}:…</c>. Parts are escaped, so that no value can name another key or hold the sidecar's <c>||</c>.</summary>
internal static class StateKey
{
    public static string Of(string kind, params ReadOnlySpan<string> parts)
    {
        var key = kind;
        foreach (var part in parts)
        {
            ArgumentException.ThrowIfNullOrEmpty(part);
            key += ":" + Uri.EscapeDataString(part);
        }

        return key;
    }
}
