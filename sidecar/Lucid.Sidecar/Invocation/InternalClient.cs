using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Invocation;

/// <summary>Calls sidecars of other processes (see <see cref="InternalProtocol"/>).</summary>
internal sealed class InternalClient(X509Certificate2 own, X509Certificate2 authority) : IDisposable
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly ConcurrentDictionary<(InvocationTarget, string), Lazy<HttpMessageInvoker>> invokers = new();

    /// <param name="path">Path and query under the internal protocol.</param>
    /// <exception cref="HttpRequestException">The other sidecar cannot be reached or is not who it should be.</exception>
    /// <exception cref="DaprApiException">It refused.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        InvocationTarget target, string address, HttpRequestMessage request, string path, string targetText, CancellationToken cancellationToken)
    {
        var invoker = invokers.GetOrAdd((target, address), key => new Lazy<HttpMessageInvoker>(() => new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            EnableMultipleHttp2Connections = true,
            SslOptions = InternalProtocol.ClientOptions(own, authority, key.Item1),
        }))).Value;
        Forwarding.Set(request, InternalProtocol.CalleeHeader, target.ToString());
        request.RequestUri = new Uri("https://" + address + path, AsWritten);
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        var response = await invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (!response.Headers.NonValidated.TryGetValues(InternalProtocol.RefusalHeader, out var refusal))
        {
            return response;
        }

        using (response)
        {
            var code = (StatusCode)int.Parse(refusal.ToString(), CultureInfo.InvariantCulture);
            var why = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            throw new InvocationRefusedException(code, why, InvocationErrors.Failed(targetText, code, why, (int)response.StatusCode));
        }
    }

    public void Dispose()
    {
        foreach (var invoker in invokers.Values)
        {
            invoker.Value.Dispose();
        }
    }
}
