namespace Lucid.Evidence;

/// <summary>Compares what is known from before with the points a receipt shows.</summary>
internal static class KnownHeadCheck
{
    /// <exception cref="EvidenceException">A contradiction: two histories.</exception>
    public static (int Agreeing, int NotComparable) Compare(Receipt receipt, VerificationOptions options)
    {
        var points = ReceiptVerifier.Points(receipt).DistinctBy(p => p.Height).ToDictionary(p => p.Height, p => p);
        var agreeing = 0;
        foreach (var known in options.KnownHeads)
        {
            if (known.NetworkId is { } network && network != receipt.Genesis.NetworkId)
            {
                throw Contradiction("the known head belongs to another chain");
            }

            // Genesis (height 0) is common to every receipt of a chain and compares nothing new. All points are looked
            // at, because a later one may contradict where an earlier one agrees.
            var agreed = 0;
            foreach (var head in known.Heads.Where(h => h.Height > 0))
            {
                agreed += Agrees(head, points, options) ? 1 : 0;
            }

            agreeing += agreed > 0 ? 1 : 0;
        }

        return (agreeing, options.KnownHeads.Length - agreeing);
    }

    private static bool Agrees(KnownPoint known, Dictionary<long, TreeHead> points, VerificationOptions options)
    {
        if (points.TryGetValue(known.Height, out var same))
        {
            if (same.HistoryRoot != known.HistoryRoot || (known.BlockHash is { } hash && hash != same.BlockHash))
            {
                throw Contradiction($"two different chains at height {known.Height}");
            }

            return true;
        }

        return options.ConsistencyProofs.Any(proof => Connects(known, proof, points));
    }

    private static bool Connects(KnownPoint known, ConsistencyProof proof, Dictionary<long, TreeHead> points)
    {
        var forwards = proof.First == known.Height && points.ContainsKey(proof.Second);
        var backwards = proof.Second == known.Height && points.ContainsKey(proof.First);
        if (!forwards && !backwards)
        {
            return false;
        }

        var (first, second) = forwards
            ? (known.HistoryRoot, points[proof.Second].HistoryRoot)
            : (points[proof.First].HistoryRoot, known.HistoryRoot);
        if (first != proof.FirstRoot || second != proof.SecondRoot)
        {
            throw Contradiction($"the consistency proof from {proof.First} to {proof.Second} is for other roots");
        }

        return MerkleProof.VerifyConsistency(proof.First, proof.Second, first, second, proof.Path)
            ? true
            : throw Contradiction($"the consistency proof from {proof.First} to {proof.Second} does not hold");
    }

    private static EvidenceException Contradiction(string what) =>
        new(EvidenceFault.KnownHeadContradicted, $"The receipt contradicts what is known from before: {what}.");
}
