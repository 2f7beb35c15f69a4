using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Lucid.Sidecar.Conformance.Launching;

/// <summary>Free ports, none given twice in this process.</summary>
public static class LoopbackPorts
{
    private static readonly ConcurrentDictionary<int, bool> Taken = new();

    public static int Take()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            if (Taken.TryAdd(port, true))
            {
                return port;
            }
        }
    }
}
