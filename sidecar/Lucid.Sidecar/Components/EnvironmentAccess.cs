namespace Lucid.Sidecar.Components;

/// <summary>Which variables components may read: not the app's API token and nothing of Dapr's own.</summary>
internal static class EnvironmentAccess
{
    public static bool Allows(string variable) =>
        !variable.Equals("APP_API_TOKEN", StringComparison.OrdinalIgnoreCase)
        && !variable.StartsWith("DAPR_", StringComparison.OrdinalIgnoreCase);
}
