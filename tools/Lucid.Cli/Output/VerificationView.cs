using System.Text;
using Lucid.Evidence;

namespace Lucid.Cli.Output;

/// <summary>A verification report as it is shown.</summary>
public sealed record VerificationView(
    string Verdict, int ExitCode, string Message, string? Fault, string? Entry, long? Chunk, string? SessionId, int ChunksVerified, long BytesVerified,
    string? MerkleRoot, string? ManifestHash, string? GenesisHash, long? BlockHeight, string? BlockHash, DateTimeOffset? BlockTime,
    string? VouchedBy, string? CannotShow, int KnownHeadsAgreeing, int KnownHeadsNotComparable)
{
    public static VerificationView Of(VerificationReport report) => new(
        Name(report.Verdict), report.ExitCode, report.Message, report.Verdict is Evidence.Verdict.Invalid or Evidence.Verdict.Unreadable ? report.Fault.ToString() : null,
        report.Entry, report.ChunkIndex, report.SessionId?.ToString("D"), report.ChunksVerified, report.BytesVerified, report.MerkleRoot?.ToString(),
        report.ManifestHash?.ToString(), report.GenesisHash?.ToString(), report.BlockHeight, report.BlockHash?.ToString(), report.BlockTime,
        report.VouchedBy, report.CannotShow, report.KnownHeadsAgreeing, report.KnownHeadsNotComparable);

    public static string Text(VerificationReport report)
    {
        var text = new StringBuilder().AppendLine(Name(report.Verdict).ToUpperInvariant() + ": " + report.Message);
        Line("entry", report.Entry);
        Line("chunk", report.ChunkIndex);
        Line("session", report.SessionId);
        Line("chunks", $"{report.ChunksVerified} ({report.BytesVerified:N0} bytes)");
        Line("merkle root", report.MerkleRoot);
        Line("block", report.BlockHeight is { } height ? $"{height} {report.BlockHash} {report.BlockTime:yyyy-MM-dd HH:mm:ss}Z" : null);
        Line("genesis", report.GenesisHash);
        Line("vouched by", report.VouchedBy);
        Line("cannot show", report.CannotShow);
        return text.ToString().TrimEnd();

        void Line(string name, object? value)
        {
            if (value is not null)
            {
                text.AppendLine($"  {name,-12} {value}");
            }
        }
    }

    private static string Name(Verdict verdict) => verdict switch
    {
        Evidence.Verdict.Valid => "valid",
        Evidence.Verdict.Invalid => "invalid",
        Evidence.Verdict.Unreadable => "unreadable",
        _ => "consistent, trust not established",
    };
}
