namespace Lucid.Sidecar.PubSub;

/// <summary>Content types by their media type; parameters such as <c>charset</c> do not matter.</summary>
internal static class ContentTypes
{
    public const string CloudEvent = "application/cloudevents+json";
    public const string Json = "application/json";
    public const string Binary = "application/octet-stream";
    public const string Text = "text/plain";

    public static bool Is(string? contentType, string mediaType)
    {
        var text = contentType.AsSpan();
        var end = text.IndexOf(';');
        return (end < 0 ? text : text[..end]).Trim().Equals(mediaType, StringComparison.OrdinalIgnoreCase);
    }
}
