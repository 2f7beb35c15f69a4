namespace Lucid.Sidecar.Telemetry;

/// <summary>The label <c>path</c>: without query, and with <c>{id}</c> for the id of an actor, as daprd has it.</summary>
internal static class MetricPath
{
    public static string Of(string target)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target[..query];
        var parts = path.Split('/');
        if (parts is ["", "actors", _, _, ..])
        {
            parts[3] = "{id}";
            return string.Join('/', parts);
        }

        return path;
    }
}
