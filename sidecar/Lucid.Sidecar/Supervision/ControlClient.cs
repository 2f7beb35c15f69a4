using System.Net.Sockets;
using System.Text.Json;

namespace Lucid.Sidecar.Supervision;

/// <summary>Asks a running supervisor.</summary>
internal static class ControlClient
{
    /// <summary>The reply; null when nobody listens on <paramref name="path"/>.</summary>
    /// <exception cref="ControlException">The supervisor went away before it answered.</exception>
    public static async Task<ControlReply?> TrySendAsync(string path, ControlRequest request, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            return null;
        }

        var stream = new NetworkStream(socket, ownsSocket: false);
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(request, ControlProtocol.Json).Append((byte)'\n').ToArray(), cancellationToken).ConfigureAwait(false);
                using var reader = new StreamReader(stream);
                return await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line
                    ? JsonSerializer.Deserialize<ControlReply>(line, ControlProtocol.Json)
                    : throw new ControlException("the supervisor ended before it answered");
            }
            catch (Exception error) when (error is IOException or JsonException)
            {
                throw new ControlException($"the supervisor did not answer: {error.Message}", error);
            }
        }
    }
}
