using System.Text.Json.Serialization;

namespace Lucid.Cli.Demonstration;

/// <summary>What the demonstration found; each member is measured or checked in this run.</summary>
/// <param name="Ok">Everything held.</param>
/// <param name="Bundle">Path of the evidence bundle.</param>
/// <param name="Verified">A separate process, offline, found the bundle valid under the pinned genesis.</param>
/// <param name="TamperDetected">A copy with one changed bit was found invalid, and the damage was named.</param>
/// <param name="Source">desktop: a real X display; sample: the recording kept in the repository.</param>
/// <param name="Playable">ffprobe reads the decrypted recording as H.264; null where ffprobe is missing.</param>
/// <param name="ElapsedSeconds">From the command to this report.</param>
/// <param name="Services">Services that took part.</param>
public sealed record DemoReport(
    bool Ok, string SessionId, string Bundle, bool Verified, bool TamperDetected, int Chunks, long Bytes, double RecordedSeconds, string MerkleRoot,
    long BlockHeight, string BlockHash, string Source,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] bool? Playable, double ElapsedSeconds, IReadOnlyList<string> Services,
    bool BytesEqual, string TamperMessage);

internal static class DemoReportText
{
    public static string Of(DemoReport report) =>
        $"""
        {(report.Ok ? "Everything was verified." : "SOMETHING DID NOT HOLD.")}
          session      {report.SessionId} ({report.Source}, {report.RecordedSeconds:0.0} s, {report.Chunks} chunks, {report.Bytes:N0} bytes)
          bundle       {report.Bundle}
          verified     {report.Verified}, offline, in a separate process
          decrypted    {(report.BytesEqual ? "equal to what the encoder produced" : "NOT EQUAL to what the encoder produced")}, playable: {report.Playable?.ToString() ?? "not checked (no ffprobe)"}
          anchored     block {report.BlockHeight} {report.BlockHash}
          one bit flipped: {report.TamperMessage}
          elapsed      {report.ElapsedSeconds:0.0} s
        """;
}
