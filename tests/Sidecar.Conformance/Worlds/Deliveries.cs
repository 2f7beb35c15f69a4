using System.Text.Json;
using Lucid.Sidecar.Conformance.Apps;
using Lucid.Sidecar.Conformance.Launching;

namespace Lucid.Sidecar.Conformance.Worlds;

/// <summary>Reads and awaits what an app was sent.</summary>
internal static class Deliveries
{
    public static JsonElement Json(this RecordedRequest request)
    {
        using var document = JsonDocument.Parse(request.Body);
        return document.RootElement.Clone();
    }

    /// <summary>A member of the event as text; null when it has none.</summary>
    public static string? Text(this JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value.ToString() : null;

    /// <summary>Exactly this path, once that many requests are there.</summary>
    public static async Task<IReadOnlyList<RecordedRequest>> UntilAsync(this RecordingApp app, string path, int count = 1)
    {
        await Probe.UntilAsync(() => Task.FromResult(app.Exactly(path).Count >= count), $"{path} is called {count} times");
        return app.Exactly(path);
    }

    public static IReadOnlyList<RecordedRequest> Exactly(this RecordingApp app, string path) => [.. app.Requests.Where(request => request.Path.Split('?')[0] == path)];
}
