using System.Net;
using System.Net.Sockets;

namespace Lucid.Sidecar.Conformance.Launching;

/// <summary>
/// Ports for programs that are told theirs. They lie below those that the system gives to outgoing connections, so that none of the many
/// tests beside can be given one between the taking and the listening; none is given twice.
/// </summary>
public static class FreePorts
{
    private const int First = 29_000;
    private const int Count = 3_000;

    private static int last = Environment.ProcessId * 37 % Count;

    public static int Take()
    {
        while (true)
        {
            var port = First + (Interlocked.Increment(ref last) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody else's.
            }
        }
    }
}
