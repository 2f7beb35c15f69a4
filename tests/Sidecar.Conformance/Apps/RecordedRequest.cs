namespace Lucid.Sidecar.Conformance.Apps;

/// <summary>A request as an app received it.</summary>
/// <param name="Path">Escaped path with query, as on the request line.</param>
public sealed record RecordedRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Body);

    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
