using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Lucid.Cli.Api;
using Lucid.Cli.Output;
using Lucid.Cli.Profiles;
using Lucid.Cli.Recording;
using Lucid.Contracts;
using Lucid.Contracts.Services;
using Lucid.Contracts.Sessions;
using Lucid.Wallets;

namespace Lucid.Cli.Demonstration;

/// <summary>
/// The main job end to end: 1. a new wallet logs in · 2. a session with consent · 3. a real screen is recorded through the gateway ·
/// 4. stop, and wait for the final anchor · 5. export · 6. verify offline in a separate process · 7. decrypt and compare with the
/// encoder's bytes · 8. ffprobe · 9. flip one bit of a copy and see the damage named.
/// </summary>
internal sealed class DemoRun(Terminal terminal, string? server, int seconds)
{
    private const int FrameRate = 15;
    private readonly long started = Stopwatch.GetTimestamp();
    private readonly string folder = Path.Combine(LucidFolder.Default, "demo", TimeProvider.System.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture));

    public async Task<DemoReport> RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var store = new ProfileStore(Path.Combine(folder, "profile"));
        await using var gateway = await GatewayClient.OpenAsync(store, server, cancellationToken);
        Step("A new wallet logs in by signing the challenge");
        var (wallet, _) = await store.WalletAsync(null, cancellationToken);
        using (wallet)
        {
            await LoginFlow.RunAsync(gateway, store, wallet, cancellationToken);
        }

        var flow = new RecordingFlow(gateway, terminal.Note);
        Step("A session is created under consent");
        var (session, grant) = await flow.StartAsync("Demonstration", new RecordingConfig(FrameRate: FrameRate, Resolution: DemoScreen.Size), cancellationToken);

        var original = Path.Combine(folder, "encoder.mp4");
        var (source, recorded) = await RecordAsync(flow, session, grant, original, cancellationToken);

        Step("Stopped; waiting until the anchor is final");
        await flow.StopAsync(session, null, cancellationToken);
        var view = await flow.WaitForAnchorAsync(session, null, cancellationToken);

        Step("Exporting the evidence bundle");
        var bundle = Path.Combine(folder, $"{session}.lucid.zip");
        await flow.ExportAsync(session, bundle, null, cancellationToken);

        Step("Verifying it offline, in a process of its own");
        var genesis = gateway.Profile.GenesisHash!;
        var verified = await VerifyAsync(bundle, genesis, cancellationToken);

        Step("Decrypting it with the owner's key and comparing with the encoder's bytes");
        var plain = await DecryptAsync(bundle, store, cancellationToken);
        var equal = await SameAsync(original, plain, cancellationToken);
        var playable = await ProbeAsync(plain, cancellationToken);

        Step("Flipping one bit of a copy");
        var (detected, message) = await TamperAsync(bundle, genesis, cancellationToken);
        var ok = verified.ExitCode == ExitCodes.Ok && equal && playable != false && detected && view.BlockHeight is not null;
        return new DemoReport(
            ok, session, bundle, verified.ExitCode == ExitCodes.Ok, detected, view.ChunkCount, view.SizeBytes, Math.Round(recorded, 1), view.MerkleRoot ?? "",
            view.BlockHeight ?? -1, view.BlockHash ?? "", source, playable, Math.Round(Elapsed(), 1), Services(), equal, message);
    }

    private async Task<(string Source, double Seconds)> RecordAsync(
        RecordingFlow flow, string session, IngestGrant grant, string original, CancellationToken cancellationToken)
    {
        await using var screen = await DemoScreen.TryStartAsync(cancellationToken);
        await using var copy = File.Create(original);
        if (screen is null)
        {
            Step("No encoder or X server here: the recording kept in the repository takes its place");
            await using var sample = File.OpenRead(Path.Combine(LucidFolder.Root, "tests", "data", "sample.mp4"));
            var uploader = await flow.SendAsync(session, grant, sample, copy, null, cancellationToken);
            return ("sample", uploader.Acknowledged > 0 ? SampleSeconds : 0);
        }

        Step($"Recording {seconds} s of display {screen.Display}");
        var from = Stopwatch.GetTimestamp();
        await using var encoder = ScreenEncoder.Start(screen.Display, FrameRate, DemoScreen.Size, bitrateKbps: 2000);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        await using var stopping = limit.Token.Register(() => _ = encoder.StopAsync());
        await ShowAsync(report => flow.SendAsync(session, grant, encoder.Output, copy, report, cancellationToken));
        var said = await encoder.WaitAsync(cancellationToken);
        if (said.Length > 0)
        {
            terminal.Note($"ffmpeg: {said}");
        }

        return ("desktop", Stopwatch.GetElapsedTime(from).TotalSeconds);
    }

    /// <summary>Length of the recording kept in the repository.</summary>
    private const double SampleSeconds = 4;

    private async Task ShowAsync(Func<Action<long>, Task> work) =>
        await terminal.ProgressAsync("  recorded", async progress =>
        {
            var from = Stopwatch.GetTimestamp();
            await work(_ => progress.Report(((long)Math.Min(Stopwatch.GetElapsedTime(from).TotalSeconds, seconds), seconds)));
            progress.Report((seconds, seconds));
            return true;
        });

    /// <summary>The verifier as a stranger would run it: another process, no profile, nothing but the file and the genesis hash.</summary>
    private async Task<(int ExitCode, VerificationView? Report)> VerifyAsync(string bundle, string genesis, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        foreach (var argument in (string[])[Environment.GetCommandLineArgs()[0], "verify", bundle, "--genesis", genesis, "--json"])
        {
            start.ArgumentList.Add(argument);
        }

        if (!Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal))
        {
            start.ArgumentList.RemoveAt(0);
        }

        start.Environment["LUCID_HOME"] = Path.Combine(folder, "stranger");
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, output.Length == 0 ? null : JsonSerializer.Deserialize<VerificationView>(output, JsonDefaults.Tolerant));
    }

    private async Task<string> DecryptAsync(string bundle, ProfileStore store, CancellationToken cancellationToken)
    {
        using var key = await ProfileStore.ReadKeyAsync(store.EncryptionKeyPath, cancellationToken);
        await using var file = File.OpenRead(bundle);
        using var decryptor = await Evidence.BundleDecryptor.OpenAsync(file, key, cancellationToken);
        var path = Path.Combine(folder, "decrypted.mp4");
        await using var output = File.Create(path);
        foreach (var run in decryptor.Runs)
        {
            await decryptor.CopyVideoAsync(run, output, cancellationToken);
        }

        return path;
    }

    private async Task<(bool Detected, string Message)> TamperAsync(string bundle, string genesis, CancellationToken cancellationToken)
    {
        var tampered = Path.Combine(folder, "tampered.lucid.zip");
        File.Copy(bundle, tampered);
        long bit;
        await using (var file = File.Open(tampered, FileMode.Open, FileAccess.ReadWrite))
        {
            // Somewhere in the middle: inside the recording.
            bit = (file.Length / 2 * 8) + RandomNumberGenerator.GetInt32(8);
            file.Position = bit / 8;
            var value = file.ReadByte();
            file.Position = bit / 8;
            file.WriteByte((byte)(value ^ (1 << (int)(bit % 8))));
        }

        var (code, report) = await VerifyAsync(tampered, genesis, cancellationToken);
        File.Delete(tampered);
        return (code == ExitCodes.Invalid && report is not null, report is null ? $"exit {code}" : $"bit {bit}: {report.Message} [{report.Entry}]");
    }

    private static async Task<bool> SameAsync(string left, string right, CancellationToken cancellationToken)
    {
        await using var first = File.OpenRead(left);
        await using var second = File.OpenRead(right);
        var (left256, right256) = (await SHA256.HashDataAsync(first, cancellationToken), await SHA256.HashDataAsync(second, cancellationToken));
        return first.Length > 0 && left256.AsSpan().SequenceEqual(right256);
    }

    private static async Task<bool?> ProbeAsync(string path, CancellationToken cancellationToken)
    {
        if (DemoScreen.Find("ffprobe") is not { } ffprobe)
        {
            return null;
        }

        var start = new ProcessStartInfo(ffprobe) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-v", "error", "-count_frames", "-select_streams", "v:0", "-show_entries", "stream=codec_name,nb_read_frames", "-of", "csv=p=0", path])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = (await process.StandardOutput.ReadToEndAsync(cancellationToken)).Trim();
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 && (await errors).Length == 0 && output.StartsWith("h264,", StringComparison.Ordinal)
            && long.TryParse(output[5..].TrimEnd(','), out var frames) && frames > 0;
    }

    private static List<string> Services() =>
    [
        .. ServiceTable.All.Where(service => Directory.Exists(Path.Combine(LucidFolder.Root, service.Project))).Select(service => service.AppId),
    ];

    private void Step(string text) => terminal.Note($"[{Elapsed(),5:0.0} s] {text}");

    /// <summary>From the command (<c>LUCID_STARTED_AT</c>, Unix seconds, set by ./run), or from here.</summary>
    private double Elapsed() =>
        double.TryParse(Environment.GetEnvironmentVariable("LUCID_STARTED_AT"), NumberStyles.Float, CultureInfo.InvariantCulture, out var at)
            ? (TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000d) - at
            : Stopwatch.GetElapsedTime(started).TotalSeconds;
}
