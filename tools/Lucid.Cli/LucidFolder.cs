namespace Lucid.Cli;

/// <summary>Where a run on this machine keeps what it writes.</summary>
internal static class LucidFolder
{
    private static readonly string? Checkout = Environment.GetEnvironmentVariable("LUCID_ROOT") is { Length: > 0 } root ? root : null;

    /// <summary>The wrapper scripts of a checkout started this program.</summary>
    public static bool IsCheckout => Checkout is not null;

    /// <summary><c>LUCID_ROOT</c>, which the wrapper scripts set, or the working directory.</summary>
    public static string Root => Checkout ?? Directory.GetCurrentDirectory();

    public static string Default => Path.Combine(Root, ".lucid");
}
