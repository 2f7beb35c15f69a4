namespace Lucid.Sidecar.Cli;

/// <summary>Where a run keeps what it writes: <c>.lucid</c> beside the run file, or the folder that <c>--lucid-dir</c> names.</summary>
internal sealed record RunFolder(string RunFile, string Path)
{
    public static readonly string[] Options = ["-f", "--run-file", "--lucid-dir"];

    public string ControlSocket => System.IO.Path.Combine(Path, "run", $"{System.IO.Path.GetFileNameWithoutExtension(RunFile)}.sock");

    public string Logs => System.IO.Path.Combine(Path, "logs");

    public string Authority => System.IO.Path.Combine(Path, "ca");

    /// <summary>Without <c>-f</c>: <c>dapr.yaml</c> here or in <c>dapr/</c>. A folder means the <c>dapr.yaml</c> in it.</summary>
    public static RunFolder From(ArgumentReader arguments)
    {
        var file = arguments.One("-f", "--run-file") switch
        {
            null => File.Exists("dapr.yaml") ? "dapr.yaml" : System.IO.Path.Combine("dapr", "dapr.yaml"),
            var folder when Directory.Exists(folder) => System.IO.Path.Combine(folder, "dapr.yaml"),
            var named => named,
        };
        return File.Exists(file)
            ? new RunFolder(file, System.IO.Path.GetFullPath(arguments.One("--lucid-dir")
                ?? System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(file))!, ".lucid")))
            : throw new UsageException($"there is no run file {file}: name it with -f");
    }
}
