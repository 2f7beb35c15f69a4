using System.Diagnostics;
using Lucid.Contracts.Sessions;
using Lucid.Evidence;

namespace Lucid.EndToEnd;

/// <summary>The recorder's disk fills while it records: 507, a clean stop, and everything acknowledged is in the bundle.</summary>
[Trait("Needs", "Program")]
public class DiskFullTests
{
    [Fact]
    public async Task A_full_disk_stops_the_recording_and_loses_nothing_that_was_acknowledged()
    {
        Assert.SkipUnless(Environment.UserName == "root", "mounting a small file system needs root");
        await using var stack = await Stack.StartAsync(
            async laid =>
            {
                var mount = Path.Combine(laid.Folder, ".lucid", "volumes", "sessions");
                Directory.CreateDirectory(mount);
                await RunAsync("mount", "-t", "tmpfs", "-o", "size=3m", "lucid-e2e", mount);
                laid.BeforeRemoval = () => RunAsync("umount", mount);
            },
            text => text.Replace("      SESSION_DATA_PATH:", "      MIN_FREE_BYTES: \"0\"\n      SESSION_DATA_PATH:", StringComparison.Ordinal));
        await using var user = await User.LoginAsync(stack);
        var (session, grant) = await user.Flow.StartAsync("disk full", null, default);
        using var sent = new MemoryStream();

        var uploader = await user.Flow.SendAsync(session, grant, new MemoryStream(Sample.Repeated(40)), sent, null, default);

        Assert.Equal("storage_full", uploader.EndReason);
        var view = await user.Flow.WaitForAnchorAsync(session, null, default);
        Assert.Equal(SessionStates.Completed, view.State);
        Assert.Equal("storage_full", view.EndReason);
        var (report, bundle) = await user.ExportAsync(session, stack.GenesisHash);
        Assert.Equal(Verdict.Valid, report.Verdict);
        Assert.True((await user.DecryptAsync(bundle)).AsSpan().StartsWith(sent.ToArray()));
        Assert.NotEqual(0, sent.Length);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program}: {errors}");
    }
}
