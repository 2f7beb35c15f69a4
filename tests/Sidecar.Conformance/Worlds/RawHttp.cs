using System.Net;
using System.Net.Sockets;
using System.Text;
using Lucid.Sidecar.Conformance.Launching;

namespace Lucid.Sidecar.Conformance.Worlds;

/// <summary>HTTP/1.1 to the letter, where a client library would have its own view.</summary>
internal static class RawHttp
{
    /// <summary>Sends request line and headers, without the last empty line, and reads until the sidecar closes: say <c>Connection: close</c>.</summary>
    public static async Task<string> SendAsync(SidecarSpec sidecar, string head)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, sidecar.HttpPort, limit.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.ReplaceLineEndings("\r\n") + "\r\n\r\n"), limit.Token);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, limit.Token);
        return Encoding.UTF8.GetString(answer.ToArray());
    }
}
