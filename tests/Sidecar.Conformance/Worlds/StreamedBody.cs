using System.Net;

namespace Lucid.Sidecar.Conformance.Worlds;

/// <summary>A request body of unknown length, written piece by piece, each piece sent at once.</summary>
internal sealed class StreamedBody(Func<Func<string, Task>, Task> write) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => write(async text =>
    {
        await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text));
        await stream.FlushAsync();
    });

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
