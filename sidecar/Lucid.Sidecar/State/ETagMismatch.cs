using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.State;

internal static class ETagMismatch
{
    /// <summary>The refusal in daprd's words.</summary>
    public static StateStoreException Because(string reason) =>
        new(StateStoreFailure.ETagMismatch, $"possible etag mismatch. error from state store: {reason}");
}
