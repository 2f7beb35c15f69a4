using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Lucid.Sidecar.Hosting;

/// <summary>
/// Lets one cleartext port serve HTTP/1.1 and HTTP/2 with prior knowledge, as daprd does: looks whether a connection opens with the
/// HTTP/2 preface and, if so, declares it negotiated. Kestrel chooses HTTP/2 on a two-protocol listener only where it finds
/// TLS features, so empty ones are set; the scheme stays http because <c>AllowAlternateSchemes</c> is on.
/// </summary>
internal static class Http2Sniffer
{
    public static ConnectionDelegate Use(ConnectionDelegate next) => async connection =>
    {
        if (await OpensWithPrefaceAsync(connection).ConfigureAwait(false))
        {
            connection.Features.Set<ITlsConnectionFeature>(new TlsConnectionFeature());
            connection.Features.Set<ITlsApplicationProtocolFeature>(Negotiated.Http2);
        }

        await next(connection).ConfigureAwait(false);
    };

    private static async ValueTask<bool> OpensWithPrefaceAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var result = await input.ReadAsync(connection.ConnectionClosed).ConfigureAwait(false);
            var buffer = result.Buffer;
            var verdict = Judge(buffer);
            if (verdict is null && !result.IsCompleted)
            {
                input.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }

            input.AdvanceTo(buffer.Start);
            return verdict == true;
        }
    }

    /// <summary>Null: too short to tell.</summary>
    private static bool? Judge(ReadOnlySequence<byte> buffer)
    {
        // No HTTP/1.1 method begins like this, so the first bytes of the 24 decide.
        var preface = "PRI * HTTP/2.0\r\n"u8;
        Span<byte> head = stackalloc byte[preface.Length];
        var length = (int)Math.Min(buffer.Length, head.Length);
        buffer.Slice(0, length).CopyTo(head);
        if (!preface[..length].SequenceEqual(head[..length]))
        {
            return false;
        }

        return length == preface.Length ? true : null;
    }

    private sealed class Negotiated : ITlsApplicationProtocolFeature
    {
        public static readonly Negotiated Http2 = new();

        public ReadOnlyMemory<byte> ApplicationProtocol { get; } = "h2"u8.ToArray();
    }
}
