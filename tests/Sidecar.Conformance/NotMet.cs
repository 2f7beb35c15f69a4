namespace Lucid.Sidecar.Conformance;

/// <summary>Statements without a test in this suite, each with the reason: not met, not to be seen from outside, or no test written.</summary>
public static class NotMet
{
    private static readonly (int First, int Last, string Reason)[] Reasons =
    [
        (1, 154, "no conformance test written: the engines' own tests in Lucid.Sidecar.Tests cover what is built"),
        (156, 186, "no conformance test written: the engines' own tests in Lucid.Sidecar.Tests cover what is built"),
        (209, 217, "no conformance test written: the engines' own tests in Lucid.Sidecar.Tests cover what is built"),
    ];

    public static string? Reason(int statement) =>
        Array.Find(Reasons, entry => statement >= entry.First && statement <= entry.Last).Reason;
}
