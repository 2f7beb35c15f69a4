namespace Lucid.Sidecar.Certificates;

/// <summary>Files and folders that only their owner can open.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void CreateDirectory(string path) => Directory.CreateDirectory(path, Owner | UnixFileMode.UserExecute);

    /// <summary>Takes every right from group and others.</summary>
    public static void Restrict(string path) => File.SetUnixFileMode(path, Owner);

    /// <summary>True when group or others have any right to the file.</summary>
    public static bool IsOpenToOthers(string path) => (File.GetUnixFileMode(path) & ~(Owner | UnixFileMode.UserExecute)) != 0;

    /// <summary>Writes a file that is never seen half written nor by others, and outlives a crash once this returns.</summary>
    public static void Write(string path, string text)
    {
        var temporary = $"{path}.new";
        using (var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = Owner }))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
