using System.Text;

namespace Lucid.Sidecar.Supervision;

/// <summary>What a run prints: lines of the apps behind a coloured prefix, and its own notices. Safe for many writers.</summary>
internal sealed class RunOutput : IDisposable
{
    private const string Own = "lucid-sidecar";
    private static readonly string[] Colours = ["36", "33", "32", "35", "34", "96", "93", "92", "95", "94"];

    private readonly Lock gate = new();
    private readonly Dictionary<string, StreamWriter> files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> prefixes = new(StringComparer.Ordinal);
    private readonly TextWriter console;
    private readonly string? logDirectory;
    private readonly string ownPrefix;

    /// <param name="colours">False when the console is no terminal, or <c>NO_COLOR</c> is set.</param>
    /// <param name="logDirectory">Folder of <c>&lt;app-id&gt;.log</c>; null: no files.</param>
    public RunOutput(TextWriter console, bool colours, IReadOnlyList<string> appIds, string? logDirectory)
    {
        this.console = console;
        this.logDirectory = logDirectory;
        var width = appIds.Append(Own).Max(id => id.Length);
        foreach (var (index, id) in appIds.Index())
        {
            prefixes[id] = Prefix(id, width, colours ? Colours[index % Colours.Length] : null);
        }

        ownPrefix = Prefix(Own, width, colours ? "1" : null);
    }

    /// <summary>A line of an app's output.</summary>
    public void Line(string appId, string text, LogDestination destination)
    {
        lock (gate)
        {
            if (destination.HasFlag(LogDestination.Console))
            {
                console.WriteLine(prefixes[appId] + text);
                console.Flush();
            }

            if (destination.HasFlag(LogDestination.File) && logDirectory is not null)
            {
                FileOf(appId, logDirectory).WriteLine(text);
            }
        }
    }

    /// <summary>A line of the supervisor.</summary>
    public void Notice(string text)
    {
        lock (gate)
        {
            console.WriteLine(ownPrefix + text);
            console.Flush();
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var file in files.Values)
            {
                file.Dispose();
            }

            files.Clear();
        }
    }

    /// <summary>A run begins its logs anew; an app that is started again continues them.</summary>
    private StreamWriter FileOf(string appId, string directory)
    {
        if (!files.TryGetValue(appId, out var file))
        {
            Directory.CreateDirectory(directory);
            file = new StreamWriter(
                new FileStream(Path.Combine(directory, $"{appId}.log"), FileMode.Create, FileAccess.Write, FileShare.Read),
                new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
            files.Add(appId, file);
        }

        return file;
    }

    private static string Prefix(string name, int width, string? colour)
    {
        var padded = name.PadRight(width) + " | ";
        return colour is null ? padded : $"\e[{colour}m{padded}\e[0m";
    }
}
