namespace Lucid.SessionAnchoring.Domain;

public static class AnchoringStatusNames
{
    /// <summary>The word of answers and events.</summary>
    public static string Name(this AnchoringStatus status) => status switch
    {
        AnchoringStatus.Pending => "pending",
        AnchoringStatus.Processing => "processing",
        AnchoringStatus.Confirmed => "confirmed",
        AnchoringStatus.Failed => "failed",
        _ => "expired",
    };
}
