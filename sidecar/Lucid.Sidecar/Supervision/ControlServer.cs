using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Lucid.Sidecar.Certificates;

namespace Lucid.Sidecar.Supervision;

/// <summary>Answers <c>lucid-sidecar start|stop|status|wait</c> on a unix socket that only this user can open.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private readonly Socket listener;
    private readonly string path;
    private readonly Supervisor supervisor;
    private readonly Action stop;
    private readonly CancellationTokenSource closing = new();
    private readonly Task serving;

    private ControlServer(Socket listener, string path, Supervisor supervisor, Action stop)
    {
        (this.listener, this.path, this.supervisor, this.stop) = (listener, path, supervisor, stop);
        serving = ServeAsync();
    }

    /// <summary>Listens on <paramref name="path"/>; a socket that a killed supervisor has left is replaced.</summary>
    /// <exception cref="ControlException">A supervisor answers there already, or the path cannot be used.</exception>
    public static async Task<ControlServer> StartAsync(string path, Supervisor supervisor, Action stop)
    {
        if (Encoding.UTF8.GetByteCount(path) > ControlProtocol.MaximumPath)
        {
            throw new ControlException($"{path} is too long for a unix socket (at most {ControlProtocol.MaximumPath} bytes): give a shorter folder with --lucid-dir");
        }

        var folder = Path.GetDirectoryName(path)!;
        PrivateFiles.CreateDirectory(folder);
        if (await ControlClient.TrySendAsync(path, new ControlRequest("status"), CancellationToken.None).ConfigureAwait(false) is { } other)
        {
            throw new ControlException($"this run file is already running (process {other.Pid}): see lucid-sidecar status");
        }

        File.Delete(path);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            PrivateFiles.Restrict(path);
            listener.Listen(16);
        }
        catch (SocketException error)
        {
            listener.Dispose();
            throw new ControlException($"cannot listen on {path}: {error.Message}", error);
        }

        return new ControlServer(listener, path, supervisor, stop);
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        listener.Dispose();
        await serving.ConfigureAwait(false);
        File.Delete(path);
        closing.Dispose();
    }

    private async Task ServeAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                open.Add(AnswerAsync(await listener.AcceptAsync(closing.Token).ConfigureAwait(false)));
                open.RemoveAll(task => task.IsCompleted);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(open).ConfigureAwait(false);
        }
    }

    private async Task AnswerAsync(Socket connection)
    {
        var stream = new NetworkStream(connection, ownsSocket: true);
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                var reply = await ReadAsync(stream).ConfigureAwait(false) is { } request
                    ? await HandleAsync(request).ConfigureAwait(false)
                    : Reply(false, "not a request");
                await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(reply, ControlProtocol.Json).Append((byte)'\n').ToArray(), closing.Token).ConfigureAwait(false);
                if (reply.Message == StopMessage)
                {
                    stop();
                }
            }
            catch (Exception error) when (error is IOException or OperationCanceledException)
            {
                // Whoever asked has gone, or the run is over: the closed connection says so.
            }
        }
    }

    private const string StopMessage = "stopping";

    private async Task<ControlReply> HandleAsync(ControlRequest request)
    {
        switch (request.Command)
        {
            case "status":
                return Reply(true, "running");
            case "start" when request.AppId is { } id:
                return await supervisor.StartAgainAsync(id).ConfigureAwait(false) is { } refusal ? Reply(false, refusal) : Reply(true, $"{id} is starting");
            case "stop":
                return Reply(true, StopMessage);
            case "wait":
                return await WaitAsync().ConfigureAwait(false);
            default:
                return Reply(false, $"unknown command '{request.Command}'");
        }
    }

    /// <summary>Answers when every app is ready, or as soon as one cannot become ready without help.</summary>
    private async Task<ControlReply> WaitAsync()
    {
        while (true)
        {
            var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            void Signal() => changed.TrySetResult();
            supervisor.Changed += Signal;
            try
            {
                var status = supervisor.Status;
                if (status.Count > 0 && status.All(app => app.State == AppState.Ready))
                {
                    return Reply(true, $"all {status.Count} ready");
                }

                if (status.FirstOrDefault(app => app.State == AppState.Exited || app.Problem is not null) is { } failed)
                {
                    return Reply(false, failed.Problem ?? $"{failed.AppId} has ended with code {failed.ExitCode}");
                }

                await changed.Task.WaitAsync(closing.Token).ConfigureAwait(false);
            }
            finally
            {
                supervisor.Changed -= Signal;
            }
        }
    }

    private async Task<ControlRequest?> ReadAsync(NetworkStream stream)
    {
        var buffer = new byte[ControlProtocol.MaximumRequest];
        var length = 0;
        while (length < buffer.Length && !buffer.AsSpan(0, length).Contains((byte)'\n'))
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), closing.Token).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            length += read;
        }

        try
        {
            return JsonSerializer.Deserialize<ControlRequest>(buffer.AsSpan(0, length), ControlProtocol.Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private ControlReply Reply(bool ok, string message) => new(ok, message, Environment.ProcessId, supervisor.Status);
}

/// <summary>The control socket cannot be used, or nobody answers on it.</summary>
internal sealed class ControlException(string message, Exception? inner = null) : Exception(message, inner);
