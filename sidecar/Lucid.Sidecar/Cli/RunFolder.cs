namespace Lucid.Sidecar.Cli;

/// <summary>
/// Where a run keeps what it writes: the folder that <c>--lucid-dir</c> names, or <c>.lucid</c> beside the run file; beside its folder if
/// it is there and not here, since run files often live in a folder of their own.
/// </summary>
/// <param name="Arguments">The options that lead to this folder again, as they were given, each after a blank.</param>
internal sealed record RunFolder(string RunFile, string Path, string Arguments)
{
    public static readonly string[] Options = ["-f", "--run-file", "--lucid-dir"];

    public string ControlSocket => System.IO.Path.Combine(Path, "run", $"{System.IO.Path.GetFileNameWithoutExtension(RunFile)}.sock");

    public string Logs => System.IO.Path.Combine(Path, "logs");

    public string Authority => System.IO.Path.Combine(Path, "ca");

    /// <summary>Without <c>-f</c>: <c>dapr.yaml</c> here or in <c>dapr/</c>. A folder means the <c>dapr.yaml</c> in it.</summary>
    public static RunFolder From(ArgumentReader arguments)
    {
        var named = arguments.One("-f", "--run-file");
        var file = named switch
        {
            null => File.Exists("dapr.yaml") ? "dapr.yaml" : System.IO.Path.Combine("dapr", "dapr.yaml"),
            _ when Directory.Exists(named) => System.IO.Path.Combine(named, "dapr.yaml"),
            _ => named,
        };
        if (!File.Exists(file))
        {
            throw new UsageException($"there is no run file {file}: name it with -f");
        }

        var folder = arguments.One("--lucid-dir");
        return new RunFolder(
            file,
            folder is null ? Beside(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(file))!) : System.IO.Path.GetFullPath(folder),
            (named is null ? "" : $" -f {named}") + (folder is null ? "" : $" --lucid-dir {folder}"));
    }

    private static string Beside(string folder)
    {
        var here = System.IO.Path.Combine(folder, ".lucid");
        var above = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, "..", ".lucid"));
        return !Directory.Exists(here) && Directory.Exists(above) ? above : here;
    }
}
