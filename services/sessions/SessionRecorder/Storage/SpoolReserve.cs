namespace Lucid.SessionRecorder.Storage;

/// <summary>Room kept on the disk for the end of a recording: given back when the disk is full, so that the last cut and the end still fit.</summary>
internal static class SpoolReserve
{
    private const int Size = 256 * 1024;

    public static void Keep(string folder)
    {
        var path = PathIn(folder);
        if (!File.Exists(path))
        {
            File.WriteAllBytes(path, new byte[Size]);
        }
    }

    public static void Release(string folder) => File.Delete(PathIn(folder));

    private static string PathIn(string folder) => Path.Combine(folder, "reserve");
}
