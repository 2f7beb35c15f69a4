using System.Text.Json;

namespace Lucid.Evidence;

/// <summary>The stable names of faults in reports and answers: <c>entry_mismatch</c>.</summary>
public static class EvidenceFaultNames
{
    public static string Code(this EvidenceFault fault) => JsonNamingPolicy.SnakeCaseLower.ConvertName(fault.ToString());
}
