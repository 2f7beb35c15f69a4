namespace Lucid.Sidecar.Certificates;

/// <summary>Files and folders that only their owner can open. The embedded runtime knows unix only.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void CreateDirectory(string path)
    {
        RefuseWindows();
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path, Owner | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Takes every right from group and others.</summary>
    public static void Restrict(string path)
    {
        RefuseWindows();
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, Owner);
        }
    }

    /// <summary>Writes a file that is never seen half written nor by others, and outlives a crash once this returns.</summary>
    public static void Write(string path, string text)
    {
        RefuseWindows();
        var temporary = $"{path}.new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Owner;
        }

        using (var file = new FileStream(temporary, options))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>True when group or others have any right to the file.</summary>
    public static bool IsOpenToOthers(string path)
    {
        RefuseWindows();
        return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(Owner | UnixFileMode.UserExecute)) != 0;
    }

    private static void RefuseWindows()
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("the embedded runtime runs on Linux: use daprd");
        }
    }
}
