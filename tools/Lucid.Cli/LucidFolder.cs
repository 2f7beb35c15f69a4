namespace Lucid.Cli;

/// <summary>Where a run on this machine keeps what it writes.</summary>
internal static class LucidFolder
{
    /// <summary><c>LUCID_ROOT</c>, which the wrapper scripts set, or the working directory.</summary>
    public static string Root => Environment.GetEnvironmentVariable("LUCID_ROOT") is { Length: > 0 } root ? root : Directory.GetCurrentDirectory();

    public static string Default => Path.Combine(Root, ".lucid");
}
