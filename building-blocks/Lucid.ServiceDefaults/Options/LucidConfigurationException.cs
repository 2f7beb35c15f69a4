namespace Lucid.ServiceDefaults;

/// <summary>The service refuses to start: every fault of its configuration at once, one sentence each, without secret values.</summary>
public sealed class LucidConfigurationException(string service, IReadOnlyList<string> faults)
    : Exception($"{service} cannot start, {faults.Count} fault(s) in its configuration:{string.Concat(faults.Select(f => System.Environment.NewLine + "  " + f))}")
{
    public IReadOnlyList<string> Faults { get; } = faults;
}
