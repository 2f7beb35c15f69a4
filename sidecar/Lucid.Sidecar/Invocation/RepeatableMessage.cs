using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using Grpc.Core;

namespace Lucid.Sidecar.Invocation;

/// <summary>
/// The one request message of a gRPC call that may be sent again. As with daprd, a second message shows that the call is a stream, which
/// cannot be repeated: <see cref="IsStream"/> becomes true and what is being sent is broken off.
/// </summary>
internal sealed class RepeatableMessage : IAsyncDisposable
{
    /// <summary>Compressed flag and length, before each message.</summary>
    private const int FrameHead = 5;

    private readonly PipeReader reader;
    private readonly byte[] message;
    private readonly CancellationTokenSource stream = new();
    private readonly Task end;

    private RepeatableMessage(PipeReader reader, byte[] message, CancellationToken cancellationToken)
    {
        this.reader = reader;
        this.message = message;
        end = WatchAsync(cancellationToken);
    }

    /// <summary>Whether the client has sent more than one message.</summary>
    public bool IsStream => stream.IsCancellationRequested;

    /// <summary>Cancelled when <see cref="IsStream"/> becomes true.</summary>
    public CancellationToken Streams => stream.Token;

    /// <summary>Waits for the first message, or the end of a request without one.</summary>
    /// <exception cref="RpcException">The message is larger than <paramref name="limit"/> bytes.</exception>
    public static async Task<RepeatableMessage> ReadAsync(HttpRequest request, long limit, CancellationToken cancellationToken)
    {
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = read.Buffer;
            if (Length(buffer) is { } length)
            {
                if (length > limit)
                {
                    throw new RpcException(new Status(StatusCode.ResourceExhausted, $"received message larger than max ({length} vs. {limit})"));
                }

                if (buffer.Length >= FrameHead + length)
                {
                    var frame = buffer.Slice(0, FrameHead + length);
                    var message = frame.ToArray();
                    reader.AdvanceTo(frame.End);
                    return new RepeatableMessage(reader, message, cancellationToken);
                }
            }

            if (read.IsCompleted)
            {
                var rest = buffer.ToArray();
                reader.AdvanceTo(buffer.End);
                return new RepeatableMessage(reader, rest, cancellationToken);
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>The message as the body of one attempt, which ends when the client's request does.</summary>
    public HttpContent Body() => new MessageBody(this);

    /// <summary>Leaves the request's body before its owner ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        reader.CancelPendingRead();
        await end.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stream.Dispose();
    }

    private static long? Length(ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < FrameHead)
        {
            return null;
        }

        Span<byte> head = stackalloc byte[FrameHead];
        buffer.Slice(0, FrameHead).CopyTo(head);
        return BinaryPrimitives.ReadUInt32BigEndian(head[1..]);
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            var hasMore = !read.Buffer.IsEmpty;
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (hasMore)
            {
                await stream.CancelAsync().ConfigureAwait(false);
                return;
            }

            if (read.IsCompleted || read.IsCanceled)
            {
                return;
            }
        }
    }

    private sealed class MessageBody(RepeatableMessage owner) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(owner.message, cancellationToken).ConfigureAwait(false);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            await owner.end.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
