namespace Lucid.Sidecar.Conformance.Apps;

/// <summary>A folder of component files, and of the data they keep; removed at the end.</summary>
public sealed class ComponentFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("sidecar-conformance-");

    public string Path => folder.FullName;

    /// <summary>A file for a component's data, outside what the sidecar reads as resources by its extension.</summary>
    public string Data(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a component file.</summary>
    /// <param name="scopes">App-ids separated by commas; empty: every app.</param>
    public ComponentFolder Add(string name, string type, string scopes = "", params (string Name, string Value)[] metadata)
    {
        var lines = new List<string>
        {
            "apiVersion: dapr.io/v1alpha1", "kind: Component", "metadata:", $"  name: {name}", "spec:", $"  type: {type}", "  version: v1",
            metadata.Length == 0 ? "  metadata: []" : "  metadata:",
        };
        foreach (var (key, value) in metadata)
        {
            lines.Add($"    - name: {key}");
            lines.Add($"      value: \"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
        }

        if (scopes.Length > 0)
        {
            lines.Add("scopes:");
            lines.AddRange(scopes.Split(',').Select(scope => $"  - {scope}"));
        }

        return Write($"{name}.yaml", string.Join('\n', lines) + "\n");
    }

    /// <summary>
    /// A broker that several sidecars share: the embedded runtime's own, or, for daprd, the Redis that <c>LUCID_REDIS</c> names.
    /// </summary>
    public ComponentFolder AddSharedBroker(string name, params (string Name, string Value)[] metadata) =>
        Environment.GetEnvironmentVariable("LUCID_DAPRD") is { Length: > 0 }
            ? Add(name, "pubsub.redis", metadata: [("redisHost", Environment.GetEnvironmentVariable("LUCID_REDIS") ?? "localhost:6379"), .. metadata])
            : Add(name, "pubsub.lucid", metadata: [("path", Data(name)), ("redeliverInterval", "100ms"), .. metadata]);

    /// <summary>Writes any file: a subscription, a resiliency or configuration resource.</summary>
    public ComponentFolder Write(string file, string content)
    {
        File.WriteAllText(Data(file), content);
        return this;
    }

    public void Dispose() => folder.Delete(recursive: true);
}
