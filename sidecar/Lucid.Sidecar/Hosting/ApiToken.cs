using System.Security.Cryptography;
using System.Text;
using Lucid.Sidecar.Health;

namespace Lucid.Sidecar.Hosting;

/// <summary>The secret a client of the sidecar's API presents as <c>dapr-api-token</c>.</summary>
internal sealed class ApiToken(string? expected)
{
    private readonly byte[]? expected = string.IsNullOrEmpty(expected) ? null : Encoding.UTF8.GetBytes(expected);

    public bool Accepts(string presented) =>
        expected is null || CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(presented));

    /// <summary>Health checks need no token, on exactly these paths as written: a path that only resolves to one does.</summary>
    public static bool IsExempt(string method, string rawPath)
    {
        var path = rawPath.AsSpan().Trim('/');
        return HttpMethods.IsGet(method)
            && (path.SequenceEqual(HealthHttpApi.Path.AsSpan(1)) || path.SequenceEqual(HealthHttpApi.OutboundPath.AsSpan(1)));
    }
}
