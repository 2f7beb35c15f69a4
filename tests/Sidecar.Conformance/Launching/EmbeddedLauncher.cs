using Lucid.Sidecar.Certificates;
using Lucid.Sidecar.Cli;
using Lucid.Sidecar.Hosting;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Supervision;

namespace Lucid.Sidecar.Conformance.Launching;

/// <summary>
/// The embedded runtime: all sidecars of one launcher in one host in this process, from the same command line as daprd, with an
/// authority of their own for calls to other processes.
/// </summary>
public sealed class EmbeddedLauncher : ISidecarLauncher
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("sidecar-authority-");
    private readonly DevelopmentAuthority authority;
    private readonly SidecarHost host;

    public EmbeddedLauncher()
    {
        authority = DevelopmentAuthority.OpenOrCreate(folder.FullName, TimeProvider.System);
        host = new SidecarHost(new SidecarHostOptions
        {
            CertificateAuthority = authority.Certificate,
            IssueCertificate = identity => authority.Issue(identity, DevelopmentAuthority.LeafLifetime),
        });
    }

    public async Task<ISidecar> StartAsync(SidecarSpec spec, CancellationToken cancellationToken)
    {
        var plan = DaprdFlags.Parse(spec.Arguments(), spec.Environment.GetValueOrDefault).Plan;
        var resources = ResourceLoader.Load(plan.ResourcePaths, plan.ConfigFiles, plan.Options.Namespace);
        return new HostedSidecar(spec, await host.StartAsync(plan.Options, resources, cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        authority.Dispose();
        folder.Delete(recursive: true);
    }

    private sealed record HostedSidecar(SidecarSpec Spec, IRunningSidecar Running) : ISidecar
    {
        public ValueTask DisposeAsync() => Running.DisposeAsync();
    }
}
