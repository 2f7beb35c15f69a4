using System.Runtime.InteropServices;

namespace Lucid.Bench.Sidecar;

/// <summary>Sleeps shorter than the millisecond of <see cref="Thread.Sleep(int)"/>; Linux.</summary>
internal static class Nap
{
    public static void Microseconds(uint microseconds) => _ = usleep(microseconds);

    [DllImport("libc")]
    private static extern int usleep(uint microseconds);
}
