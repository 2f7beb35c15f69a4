namespace Lucid.Evidence;

/// <summary>Says in words who vouches for a receipt and what that cannot show.</summary>
internal static class Vouching
{
    public static (string VouchedBy, string CannotShow) Describe(Receipt receipt, AuthoritySet authority, VerificationOptions options)
    {
        var signed = receipt.Proof.Block.Commit.Precommits.Length;
        var voters = authority.Voters.Length;
        var witnesses = receipt.Witnesses.IsDefaultOrEmpty ? 0 : receipt.Witnesses.Count(w => options.KnownWitnesses.Contains(w.Key));
        var who = authority.IsBootstrap
            ? $"{signed} of {voters} bootstrap {(voters == 1 ? "authority" : "authorities")}, the operator"
            : $"{signed} of {voters} validators";
        if (witnesses > 0)
        {
            who += $", + {witnesses} {(witnesses == 1 ? "witness" : "witnesses")}";
        }

        var cannot = (authority.IsBootstrap, witnesses) switch
        {
            (_, > 0) => "Only the operator and the named witnesses acting together could show a second history.",
            (true, _) => "An authority alone can write a second history: compare an earlier receipt or tree head (--known-head), or ask for a witness.",
            _ => $"A quorum of the validators ({authority.Quorum} of {voters}) acting together could write a second history: compare an earlier receipt or tree head (--known-head).",
        };
        return (who, cannot);
    }
}
