using Lucid.Sidecar.Grpc;
using Lucid.Sidecar.Invocation;

namespace Lucid.Sidecar.Hosting;

/// <summary>The invocation engine as the gRPC surface sees it. Headers that belong to the gRPC call itself stay behind.</summary>
internal sealed class InvocationAdapter(InvocationEngine engine) : IInvocationApi
{
    public async Task<Grpc.InvocationReply> InvokeAsync(InvocationCall call, CancellationToken cancellationToken)
    {
        var query = call.QueryString.Length == 0 ? "" : "?" + call.QueryString;
        KeyValuePair<string, string>[] headers = [.. call.Headers.Where(header => IsForApp(header.Name)).Select(header => KeyValuePair.Create(header.Name, header.Value))];
        var reply = await engine.InvokeAsync(
            new InvocationRequest(call.AppId, call.Method, call.Verb, query, call.ContentType.Length == 0 ? null : call.ContentType, call.Data, headers),
            cancellationToken).ConfigureAwait(false);
        return new Grpc.InvocationReply(reply.Status, reply.Body, reply.ContentType ?? "");
    }

    private static bool IsForApp(string name) =>
        Forwarding.IsForwarded(name)
        && !name.Equals("content-type", StringComparison.OrdinalIgnoreCase)
        && !name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase);
}
