using System.Diagnostics;
using System.Globalization;

namespace Lucid.Cli.Recording;

/// <summary>ffmpeg grabbing an X display as H.264 in fragmented MP4 on its standard output.</summary>
public sealed class ScreenEncoder : IAsyncDisposable
{
    private readonly Process process;
    private readonly Task<string> errors;

    private ScreenEncoder(Process process)
    {
        this.process = process;
        errors = process.StandardError.ReadToEndAsync();
    }

    public Stream Output => process.StandardOutput.BaseStream;

    /// <param name="display">For example <c>:99</c>.</param>
    /// <param name="size">WxH; null: the whole screen.</param>
    public static ScreenEncoder Start(string display, int frameRate, string? size, int bitrateKbps)
    {
        var start = new ProcessStartInfo("ffmpeg") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        var gop = frameRate.ToString(CultureInfo.InvariantCulture); // a fragment each second
        foreach (var argument in (string[])
        [
            "-nostats", "-loglevel", "error", "-f", "x11grab", "-draw_mouse", "1", "-framerate", frameRate.ToString(CultureInfo.InvariantCulture),
            .. size is null ? (string[])[] : ["-video_size", size], "-i", display,
            "-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-pix_fmt", "yuv420p", "-g", gop, "-keyint_min", gop,
            "-b:v", $"{bitrateKbps}k", "-maxrate", $"{bitrateKbps}k", "-bufsize", $"{bitrateKbps * 2}k",
            "-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-flush_packets", "1", "-f", "mp4", "pipe:1",
        ])
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            return new ScreenEncoder(Process.Start(start)!);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new CliException("ffmpeg is not installed (Debian/Ubuntu: apt-get install ffmpeg).", ExitCodes.Unreadable);
        }
    }

    /// <summary>Asks ffmpeg to finish the last fragment.</summary>
    public async Task StopAsync()
    {
        if (!process.HasExited)
        {
            await process.StandardInput.WriteAsync('q');
            await process.StandardInput.FlushAsync();
        }
    }

    /// <summary>What ffmpeg said; empty when all went well.</summary>
    public async Task<string> WaitAsync(CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken);
        return (await errors).Trim();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }
}
