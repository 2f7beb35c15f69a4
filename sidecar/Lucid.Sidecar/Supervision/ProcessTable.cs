using System.Globalization;

namespace Lucid.Sidecar.Supervision;

/// <summary>Processes of this machine, from <c>/proc</c>.</summary>
internal static class ProcessTable
{
    /// <summary>False when the process is gone, or has ended and only waits to be collected by its parent.</summary>
    public static bool IsAlive(int process)
    {
        try
        {
            // pid (name) state ...; the name may hold anything.
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            return stat[(stat.LastIndexOf(')') + 2)..] is not ['Z' or 'X', ..];
        }
        catch (IOException)
        {
            return false;
        }
    }
}
