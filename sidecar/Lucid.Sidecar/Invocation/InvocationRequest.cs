namespace Lucid.Sidecar.Invocation;

/// <summary>A call whose body is at hand, as <c>InvokeService</c> brings it.</summary>
/// <param name="Target">App id, with <c>.namespace</c> for another namespace.</param>
/// <param name="Method">Path of the method, not percent-encoded.</param>
/// <param name="Verb">Upper case.</param>
/// <param name="Query">Empty, or the query with its question mark.</param>
/// <param name="Headers">Passed to the app.</param>
public sealed record InvocationRequest(
    string Target, string Method, string Verb, string Query, string? ContentType, ReadOnlyMemory<byte> Body, IReadOnlyList<KeyValuePair<string, string>> Headers);

/// <summary>What the app answered, whatever its status.</summary>
public sealed record InvocationReply(int Status, string? ContentType, ReadOnlyMemory<byte> Body, IReadOnlyList<KeyValuePair<string, string>> Headers);
