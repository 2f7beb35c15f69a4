namespace Lucid.Sidecar.Grpc;

/// <summary>The legacy call <c>InvokeService</c>, which carries an HTTP-shaped request inside a gRPC message.</summary>
public interface IInvocationApi
{
    Task<InvocationReply> InvokeAsync(InvocationCall call, CancellationToken cancellationToken);
}

/// <param name="Verb">An HTTP verb in upper case.</param>
/// <param name="QueryString">Without question mark.</param>
public sealed record InvocationCall(
    string AppId, string Method, string Verb, string QueryString, ReadOnlyMemory<byte> Data, string ContentType, IReadOnlyList<(string Name, string Value)> Headers);

/// <param name="StatusCode">The app's HTTP status.</param>
public sealed record InvocationReply(int StatusCode, ReadOnlyMemory<byte> Data, string ContentType);
