namespace Lucid.ServiceDefaults.Health;

/// <summary>The words of health answers (operations §9).</summary>
internal static class HealthStates
{
    public const string Healthy = "healthy";
    public const string Degraded = "degraded";
    public const string Unhealthy = "unhealthy";
}
