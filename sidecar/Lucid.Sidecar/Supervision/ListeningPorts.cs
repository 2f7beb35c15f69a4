using System.Globalization;
using System.Net.Sockets;

namespace Lucid.Sidecar.Supervision;

/// <summary>Who listens on a TCP port: on this machine from <c>/proc</c>.</summary>
internal static class ListeningPorts
{
    private const string Listening = "0A";

    /// <summary>The process that listens on <paramref name="port"/>, as <c>1234 (program)</c>; null when nobody listens.</summary>
    public static string? HolderOf(int port) => SocketOf(port) is { } inode ? ProcessOf(inode) ?? "another user's process" : null;

    /// <summary>Whether a connection to the port is accepted.</summary>
    public static async Task<bool> AnswersAsync(string address, int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(address, port, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string? SocketOf(int port)
    {
        var hexadecimal = port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (var table in (ReadOnlySpan<string>)["/proc/net/tcp", "/proc/net/tcp6"])
        {
            if (!File.Exists(table))
            {
                continue;
            }

            foreach (var line in File.ReadLines(table).Skip(1))
            {
                // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode
                var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields is [_, var local, _, Listening, _, _, _, _, _, var inode, ..] && local.EndsWith($":{hexadecimal}", StringComparison.Ordinal))
                {
                    return inode;
                }
            }
        }

        return null;
    }

    private static string? ProcessOf(string inode)
    {
        var link = $"socket:[{inode}]";
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process.AsSpan()), CultureInfo.InvariantCulture, out var id) && Holds(process, link))
            {
                return string.Create(CultureInfo.InvariantCulture, $"{id} ({NameOf(process)})");
            }
        }

        return null;
    }

    private static bool Holds(string process, string link)
    {
        try
        {
            return Directory.EnumerateFiles($"{process}/fd").Any(descriptor => new FileInfo(descriptor).LinkTarget == link);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // ended meanwhile, or not ours to read
        }
    }

    private static string NameOf(string process)
    {
        try
        {
            var words = File.ReadAllText($"{process}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
            var shown = words.Take(2).Select(word => Path.GetFileName(word));
            return words.Length == 0 ? File.ReadAllText($"{process}/comm").Trim() : string.Join(' ', shown);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "ended meanwhile";
        }
    }
}
