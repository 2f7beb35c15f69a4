using System.Net;
using System.Net.Sockets;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Supervision;

/// <summary>Gives every sidecar its ports and refuses those that somebody else listens on.</summary>
internal static class PortPlan
{
    /// <summary>Chooses the sidecar ports that were left open.</summary>
    public static IReadOnlyList<AppPlan> Fill(IReadOnlyList<AppPlan> apps)
    {
        var taken = apps.SelectMany(app => RunFileParser.Ports(app.Options)).Select(port => port.Port).ToHashSet();
        return apps.Select(app => app with
        {
            Options = app.Options with
            {
                HttpPort = Or(app.Options.HttpPort),
                GrpcPort = Or(app.Options.GrpcPort),
                MetricsPort = Or(app.Options.MetricsPort),
            },
        }).ToList();

        int Or(int port)
        {
            while (port == 0)
            {
                using var probe = new TcpListener(IPAddress.Loopback, 0);
                probe.Start();
                var free = ((IPEndPoint)probe.LocalEndpoint).Port;
                port = taken.Add(free) ? free : 0;
            }

            return port;
        }
    }

    /// <exception cref="PortInUseException">A port of the plan is taken.</exception>
    public static void Check(IReadOnlyList<AppPlan> apps)
    {
        foreach (var app in apps)
        {
            // An app that somebody else starts may already listen.
            var needed = Named(app.Options).Where(port => port.Port > 0 && (app.Command.Count > 0 || port.Name != "app"));
            foreach (var (port, name) in needed)
            {
                if (ListeningPorts.HolderOf(port) is { } holder)
                {
                    throw new PortInUseException(port, $"{name} port of {app.Options.AppId}", holder);
                }
            }
        }
    }

    private static (int Port, string Name)[] Named(SidecarOptions options) =>
    [
        (options.AppPort, "app"), (options.HttpPort, "Dapr HTTP"), (options.GrpcPort, "Dapr gRPC"), (options.MetricsPort, "metrics"),
        (options.InternalGrpcPort ?? 0, "internal gRPC"),
    ];
}

/// <summary>A port that the run needs is taken.</summary>
internal sealed class PortInUseException(int port, string purpose, string holder)
    : Exception($"port {port} ({purpose}) is in use by process {holder}");
