using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Invocation;

/// <summary>The app meant by <c>app</c> or <c>app.namespace</c>.</summary>
internal readonly record struct InvocationTarget(string AppId, string Namespace)
{
    public override string ToString() => $"{AppId}.{Namespace}";

    /// <exception cref="DaprApiException">More than one dot, or an empty part.</exception>
    public static InvocationTarget Parse(string id, string ownNamespace)
    {
        var dot = id.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 && id.Length > 0)
        {
            return new InvocationTarget(id, ownNamespace);
        }

        if (dot <= 0 || dot == id.Length - 1 || id.IndexOf('.', dot + 1) >= 0)
        {
            throw new DaprApiException(InvocationErrors.Failed(id, global::Grpc.Core.StatusCode.InvalidArgument, $"invalid app id {id}"));
        }

        return new InvocationTarget(id[..dot], id[(dot + 1)..]);
    }
}
