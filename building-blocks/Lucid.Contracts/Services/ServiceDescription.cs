namespace Lucid.Contracts.Services;

/// <summary>One row of the service table.</summary>
/// <param name="AppId">Dapr app-id = container name.</param>
/// <param name="Namespace">Dapr namespace: <see cref="Namespaces.Main"/> or <see cref="Namespaces.Wallet"/>.</param>
/// <param name="ServiceName"><c>SERVICE_NAME</c>: the <c>service</c> of health answers, errors, logs and metrics.</param>
/// <param name="Cluster">Number of the guide's cluster, 1–10.</param>
/// <param name="Project">Folder of the project below the repository root; the project is <c>Lucid.</c> + its last part.</param>
/// <param name="ContainerPort">Port inside a container: the guide's number.</param>
/// <param name="HostPort">Port of a bare process and of the development override.</param>
/// <param name="StateStore">Component name of the cluster's state store.</param>
public sealed record ServiceDescription(
    string AppId,
    string Namespace,
    string ServiceName,
    int Cluster,
    string Project,
    int ContainerPort,
    int HostPort,
    string StateStore)
{
    /// <summary>Dapr HTTP port of the sidecar of a bare process.</summary>
    public int DaprHttpPort => HostPort + 10_000;

    public int DaprMetricsPort => HostPort + 14_000;

    public int DaprInternalGrpcPort => HostPort + 16_000;

    public int DaprGrpcPort => HostPort + 20_000;

    /// <summary>Listener for the app's own sidecar when the main port faces the public; null elsewhere.</summary>
    public int? SidecarFacingPort { get; init; }

    /// <summary>The port the sidecar calls (<c>appPort</c>).</summary>
    public int AppPort => SidecarFacingPort ?? HostPort;

    /// <summary>True when the app hosts Dapr actors.</summary>
    public bool HostsActors { get; init; }
}
