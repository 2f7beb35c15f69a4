using Lucid.Sidecar.Cli;
using Lucid.Sidecar.Hosting;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Supervision;

namespace Lucid.Sidecar.Conformance.Launching;

/// <summary>The embedded runtime: all sidecars of one launcher in one host in this process, from the same command line as daprd.</summary>
public sealed class EmbeddedLauncher : ISidecarLauncher
{
    private readonly SidecarHost host = new(new SidecarHostOptions());

    public async Task<ISidecar> StartAsync(SidecarSpec spec, CancellationToken cancellationToken)
    {
        var plan = DaprdFlags.Parse(spec.Arguments(), spec.Environment.GetValueOrDefault).Plan;
        var resources = ResourceLoader.Load(plan.ResourcePaths, plan.ConfigFiles, plan.Options.Namespace);
        return new HostedSidecar(spec, await host.StartAsync(plan.Options, resources, cancellationToken));
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private sealed record HostedSidecar(SidecarSpec Spec, IRunningSidecar Running) : ISidecar
    {
        public ValueTask DisposeAsync() => Running.DisposeAsync();
    }
}
