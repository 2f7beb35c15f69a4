using System.Buffers;
using System.Collections.Frozen;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Primitives;

namespace Lucid.Sidecar.Invocation;

/// <summary>
/// Carries a request and its answer between two HTTP connections: every end-to-end header with all its values,
/// no hop-by-hop header, bodies as they arrive.
/// </summary>
internal static class Forwarding
{
    public const string AppIdHeader = "dapr-app-id";
    public const string TokenHeader = "dapr-api-token";
    public const string CallerAppIdHeader = "dapr-caller-app-id";
    public const string CallerNamespaceHeader = "dapr-caller-namespace";
    public const string CalleeAppIdHeader = "dapr-callee-app-id";

    private const int PieceSize = 16 << 10;

    // RFC 9110 §7.6.1 and its predecessors.
    private static readonly FrozenSet<string> HopByHop = new[]
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Framing is decided anew on each connection; the sidecar's own addressing and secret end here.
    private static readonly FrozenSet<string> NotForwarded = HopByHop
        .Concat(["Host", "Content-Length", "Expect", AppIdHeader, TokenHeader])
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The body of a request on its way through; null when it has none.</summary>
    public static HttpContent? Body(HttpRequest request)
    {
        if (request.ContentLength is 0)
        {
            return new ByteArrayContent([]);
        }

        return HasBody(request) ? new PassingBody(request) : null;
    }

    public static bool HasBody(HttpRequest request) =>
        request.ContentLength > 0
        || (request.ContentLength is null && request.HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true);

    /// <summary>Whether a request header goes further than this hop, as far as its name tells.</summary>
    public static bool IsForwarded(string name) => !NotForwarded.Contains(name);

    /// <summary>A request with the verb, headers and given body of another; its URI is still to be set.</summary>
    public static HttpRequestMessage Request(HttpRequest source, HttpContent? body)
    {
        var request = new HttpRequestMessage { Method = HttpMethod.Parse(source.Method), Content = body };
        var named = Named(source.Headers.Connection);
        foreach (var (name, values) in source.Headers)
        {
            if (!NotForwarded.Contains(name) && named?.Contains(name) != true)
            {
                Add(request, name, values);
            }
        }

        return request;
    }

    public static void Set(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }

    /// <summary>Status and headers of the answer; the response has not started.</summary>
    public static void CopyHead(HttpResponseMessage source, HttpResponse response)
    {
        response.StatusCode = (int)source.StatusCode;
        HashSet<string>? named = null;
        if (source.Headers.NonValidated.TryGetValues("Connection", out var connection))
        {
            named = Named(Values(connection));
        }

        Copy(source.Headers, response, named);
        Copy(source.Content.Headers, response, named);
        if (source.Content.Headers.ContentLength is { } length && response.StatusCode is not (204 or 304))
        {
            response.ContentLength = length;
        }
    }

    /// <summary>Passes the body on, flushing whatever has arrived; headers do not wait for the first byte.</summary>
    public static async Task CopyBodyAsync(HttpResponseMessage source, HttpResponse response, CancellationToken cancellationToken)
    {
        var writer = response.BodyWriter;
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            var body = await source.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                while (true)
                {
                    var reading = body.ReadAsync(buffer, cancellationToken);
                    if (!reading.IsCompleted && !response.HasStarted)
                    {
                        await response.StartAsync(cancellationToken).ConfigureAwait(false);
                        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
                    }

                    var read = await reading.ConfigureAwait(false);
                    if (read == 0 || (await writer.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false)).IsCompleted)
                    {
                        return;
                    }
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Copy(HttpHeaders headers, HttpResponse response, HashSet<string>? named)
    {
        foreach (var (name, values) in headers.NonValidated)
        {
            if (!HopByHop.Contains(name) && named?.Contains(name) != true && !name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                response.Headers[name] = Values(values);
            }
        }
    }

    private static StringValues Values(HeaderStringValues values)
    {
        if (values.Count == 1)
        {
            return values.ToString();
        }

        var all = new string[values.Count];
        var i = 0;
        foreach (var value in values)
        {
            all[i++] = value;
        }

        return all;
    }

    private static void Add(HttpRequestMessage request, string name, StringValues values)
    {
        var added = values.Count == 1
            ? request.Headers.TryAddWithoutValidation(name, values[0])
            : request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        if (!added)
        {
            request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
    }

    /// <summary>Headers that a Connection header declares to be for this hop only.</summary>
    private static HashSet<string>? Named(StringValues connection)
    {
        if (connection.Count == 0 || (connection.Count == 1 && connection[0] is "keep-alive" or "close"))
        {
            return null;
        }

        var named = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var value in connection)
        {
            named.UnionWith((value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        }

        return named;
    }

    /// <summary>Reads the incoming body only while the outgoing connection takes it; a body of unknown length is flushed piece by piece.</summary>
    private sealed class PassingBody(HttpRequest request) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            var reader = request.BodyReader;
            while (true)
            {
                var result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                foreach (var piece in result.Buffer)
                {
                    await stream.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
                }

                reader.AdvanceTo(result.Buffer.End);
                if (request.ContentLength is null)
                {
                    await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
                }

                if (result.IsCompleted)
                {
                    return;
                }
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = request.ContentLength ?? 0;
            return request.ContentLength is not null;
        }
    }
}
