using System.Net;
using Grpc.Core;
using Lucid.Sidecar.Telemetry;

namespace Lucid.Sidecar.Invocation;

/// <summary>The answer to a proxied gRPC call, on its way from app or sidecar to the client. Messages are not looked into.</summary>
/// <param name="ended">Called once, with the status the call ended with as far as it was read.</param>
internal sealed class GrpcAnswer(HttpResponseMessage response, Action<StatusCode, string>? ended = null) : IDisposable
{
    private const int PieceSize = 16 << 10;

    private Action<StatusCode, string>? ended = ended;
    private byte[] first = [];
    private int firstLength;
    private bool isDisposed;

    /// <summary>The status when the answer is nothing else; null when it has a message, which this waits for.</summary>
    public async Task<StatusCode?> StatusAloneAsync(CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.OK || response.Headers.NonValidated.Contains(GrpcStatus.Header))
        {
            return Status();
        }

        first = new byte[PieceSize];
        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        firstLength = await body.ReadAsync(first, cancellationToken).ConfigureAwait(false);
        return firstLength == 0 ? Status() : null;
    }

    /// <summary>Passes the answer on as it arrives, trailers last.</summary>
    /// <returns>The status it ended with.</returns>
    public async Task<StatusCode> ForwardAsync(HttpContext http, CancellationToken cancellationToken)
    {
        Forwarding.CopyHead(response, http.Response);
        if (firstLength > 0)
        {
            await http.Response.BodyWriter.WriteAsync(first.AsMemory(0, firstLength), cancellationToken).ConfigureAwait(false);
        }

        await Forwarding.CopyBodyAsync(response, http.Response, cancellationToken).ConfigureAwait(false);
        foreach (var (name, values) in response.TrailingHeaders.NonValidated)
        {
            if (http.Response.SupportsTrailers())
            {
                http.Response.AppendTrailer(name, values.ToString());
            }
        }

        return Status();
    }

    /// <summary>Adds somebody who is told of the end.</summary>
    public GrpcAnswer Then(Action<StatusCode, string> tell)
    {
        ended += tell;
        return this;
    }

    public void Dispose()
    {
        if (!isDisposed)
        {
            isDisposed = true;
            ended?.Invoke(Status(), Text(GrpcStatus.MessageHeader) is { } message ? Uri.UnescapeDataString(message) : "");
            response.RequestMessage?.Dispose();
            response.Dispose();
        }
    }

    /// <summary>An answer without <c>grpc-status</c> is none of gRPC: its HTTP status stands for one, as gRPC's documents say.</summary>
    private StatusCode Status() => Text(GrpcStatus.Header) is { } text
        ? GrpcStatus.Parse(text)
        : response.StatusCode switch
        {
            HttpStatusCode.BadRequest => StatusCode.Internal,
            HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
            HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
            HttpStatusCode.NotFound => StatusCode.Unimplemented,
            HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        };

    private string? Text(string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) || response.TrailingHeaders.NonValidated.TryGetValues(name, out values) ? values.ToString() : null;
}
