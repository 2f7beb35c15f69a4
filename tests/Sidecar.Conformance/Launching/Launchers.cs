namespace Lucid.Sidecar.Conformance.Launching;

/// <summary>The runtime under test: the embedded one in this process, or the program that <c>LUCID_DAPRD</c> names.</summary>
public static class Launchers
{
    public static ISidecarLauncher Create() =>
        Environment.GetEnvironmentVariable("LUCID_DAPRD") is { Length: > 0 } program ? new DaprdLauncher(program) : new EmbeddedLauncher();
}
