using System.Diagnostics;

namespace Lucid.Cli.Tests;

/// <summary>The program as a user starts it, with its profile in the working folder.</summary>
internal static class LucidProgram
{
    /// <param name="checkout">The checkout whose wrapper starts it; null: none.</param>
    /// <param name="input">What standard input brings; null: nothing.</param>
    public static async Task<(int Code, string Output, string Error)> RunAsync(string folder, string? checkout, string[] arguments, byte[]? input = null)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "lucid"), arguments)
        {
            WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["LUCID_HOME"] = Path.Combine(folder, "home");
        start.Environment["LUCID_ROOT"] = checkout ?? "";
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.BaseStream.WriteAsync(input ?? []);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
